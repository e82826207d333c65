module @jit_gathers_scatters attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<6x7xf32>, %arg1: tensor<4xi32>, %arg2: tensor<4x7xf32>, %arg3: tensor<4x2xi32>, %arg4: tensor<4xf32>) -> (tensor<6x7xf32> {jax.result_info = "result[0][0]"}, tensor<6x7xf32> {jax.result_info = "result[0][1]"}, tensor<6x7xf32> {jax.result_info = "result[1]"}, tensor<6x7xf32> {jax.result_info = "result[2]"}, tensor<6x7xf32> {jax.result_info = "result[3]"}, tensor<6x7xf32> {jax.result_info = "result[4]"}, tensor<4x7xf32> {jax.result_info = "result[5]"}, tensor<4x7xf32> {jax.result_info = "result[6]"}, tensor<4x7xf32> {jax.result_info = "result[7]"}, tensor<6xf32> {jax.result_info = "result[8]"}, tensor<4xf32> {jax.result_info = "result[9]"}, tensor<6x7xf32> {jax.result_info = "result[10]"}, tensor<6x7xf32> {jax.result_info = "result[11]"}, tensor<6x7xf32> {jax.result_info = "result[12]"}, tensor<6x7xf32> {jax.result_info = "result[13]"}, tensor<4x1x7xf32> {jax.result_info = "result[14]"}, tensor<6x4xf32> {jax.result_info = "result[15]"}, tensor<6x7xf32> {jax.result_info = "result[16]"}, tensor<6x7xf32> {jax.result_info = "result[17]"}, tensor<6x7xf32> {jax.result_info = "result[18]"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %1 = stablehlo.compare LT, %arg1, %0, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_0 = stablehlo.constant dense<6> : tensor<i32>
    %2 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %3 = stablehlo.add %arg1, %2 : tensor<4xi32>
    %4 = stablehlo.select %1, %3, %arg1 : tensor<4xi1>, tensor<4xi32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %6 = "stablehlo.scatter"(%arg0, %5, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      stablehlo.return %arg6 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %c_1 = stablehlo.constant dense<0> : tensor<i32>
    %7 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %8 = stablehlo.compare LT, %arg1, %7, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_2 = stablehlo.constant dense<6> : tensor<i32>
    %9 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %10 = stablehlo.add %arg1, %9 : tensor<4xi32>
    %11 = stablehlo.select %8, %10, %arg1 : tensor<4xi1>, tensor<4xi32>
    %12 = stablehlo.broadcast_in_dim %11, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %c_3 = stablehlo.constant dense<5> : tensor<1xi32>
    %c_4 = stablehlo.constant dense<2147483647> : tensor<i32>
    %13 = stablehlo.broadcast_in_dim %c_4, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %14 = stablehlo.minimum %c_3, %13 : tensor<1xi32>
    %15 = stablehlo.broadcast_in_dim %14, dims = [1] : (tensor<1xi32>) -> tensor<4x1xi32>
    %c_5 = stablehlo.constant dense<0> : tensor<i32>
    %16 = stablehlo.broadcast_in_dim %c_5, dims = [] : (tensor<i32>) -> tensor<4x1xi32>
    %17 = stablehlo.clamp %16, %12, %15 : tensor<4x1xi32>
    %18 = "stablehlo.scatter"(%arg0, %17, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      stablehlo.return %arg6 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %c_6 = stablehlo.constant dense<0> : tensor<i32>
    %19 = stablehlo.broadcast_in_dim %c_6, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %20 = stablehlo.compare LT, %arg1, %19, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_7 = stablehlo.constant dense<6> : tensor<i32>
    %21 = stablehlo.broadcast_in_dim %c_7, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %22 = stablehlo.add %arg1, %21 : tensor<4xi32>
    %23 = stablehlo.select %20, %22, %arg1 : tensor<4xi1>, tensor<4xi32>
    %24 = stablehlo.broadcast_in_dim %23, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %25 = "stablehlo.scatter"(%arg0, %24, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.add %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %c_8 = stablehlo.constant dense<0> : tensor<i32>
    %26 = stablehlo.broadcast_in_dim %c_8, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %27 = stablehlo.compare LT, %arg1, %26, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_9 = stablehlo.constant dense<6> : tensor<i32>
    %28 = stablehlo.broadcast_in_dim %c_9, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %29 = stablehlo.add %arg1, %28 : tensor<4xi32>
    %30 = stablehlo.select %27, %29, %arg1 : tensor<4xi1>, tensor<4xi32>
    %31 = stablehlo.broadcast_in_dim %30, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %32 = "stablehlo.scatter"(%arg0, %31, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.multiply %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %c_10 = stablehlo.constant dense<0> : tensor<i32>
    %33 = stablehlo.broadcast_in_dim %c_10, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %34 = stablehlo.compare LT, %arg1, %33, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_11 = stablehlo.constant dense<6> : tensor<i32>
    %35 = stablehlo.broadcast_in_dim %c_11, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %36 = stablehlo.add %arg1, %35 : tensor<4xi32>
    %37 = stablehlo.select %34, %36, %arg1 : tensor<4xi1>, tensor<4xi32>
    %38 = stablehlo.broadcast_in_dim %37, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %39 = "stablehlo.scatter"(%arg0, %38, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.minimum %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %c_12 = stablehlo.constant dense<0> : tensor<i32>
    %40 = stablehlo.broadcast_in_dim %c_12, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %41 = stablehlo.compare LT, %arg1, %40, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_13 = stablehlo.constant dense<6> : tensor<i32>
    %42 = stablehlo.broadcast_in_dim %c_13, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %43 = stablehlo.add %arg1, %42 : tensor<4xi32>
    %44 = stablehlo.select %41, %43, %arg1 : tensor<4xi1>, tensor<4xi32>
    %45 = stablehlo.broadcast_in_dim %44, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %46 = "stablehlo.scatter"(%arg0, %45, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.maximum %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %c_14 = stablehlo.constant dense<0> : tensor<i32>
    %47 = stablehlo.broadcast_in_dim %c_14, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %48 = stablehlo.compare LT, %arg1, %47, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_15 = stablehlo.constant dense<6> : tensor<i32>
    %49 = stablehlo.broadcast_in_dim %c_15, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %50 = stablehlo.add %arg1, %49 : tensor<4xi32>
    %51 = stablehlo.select %48, %50, %arg1 : tensor<4xi1>, tensor<4xi32>
    %52 = stablehlo.broadcast_in_dim %51, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %c_16 = stablehlo.constant dense<5> : tensor<1xi32>
    %c_17 = stablehlo.constant dense<0> : tensor<i32>
    %53 = stablehlo.broadcast_in_dim %c_17, dims = [] : (tensor<i32>) -> tensor<4x1xi32>
    %54 = stablehlo.compare GE, %52, %53, SIGNED : (tensor<4x1xi32>, tensor<4x1xi32>) -> tensor<4x1xi1>
    %55 = stablehlo.broadcast_in_dim %c_16, dims = [1] : (tensor<1xi32>) -> tensor<1x1xi32>
    %56 = stablehlo.broadcast_in_dim %55, dims = [0, 1] : (tensor<1x1xi32>) -> tensor<4x1xi32>
    %57 = stablehlo.compare LE, %52, %56, SIGNED : (tensor<4x1xi32>, tensor<4x1xi32>) -> tensor<4x1xi1>
    %58 = stablehlo.and %54, %57 : tensor<4x1xi1>
    %c_18 = stablehlo.constant dense<true> : tensor<i1>
    %59 = stablehlo.reduce(%58 init: %c_18) applies stablehlo.and across dimensions = [1] : (tensor<4x1xi1>, tensor<i1>) -> tensor<4xi1>
    %60 = "stablehlo.gather"(%arg0, %52) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 7>}> : (tensor<6x7xf32>, tensor<4x1xi32>) -> tensor<4x7xf32>
    %61 = stablehlo.broadcast_in_dim %59, dims = [0] : (tensor<4xi1>) -> tensor<4x7xi1>
    %cst = stablehlo.constant dense<7.000000e+00> : tensor<f32>
    %62 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x7xf32>
    %63 = stablehlo.select %61, %60, %62 : tensor<4x7xi1>, tensor<4x7xf32>
    %c_19 = stablehlo.constant dense<0> : tensor<i32>
    %64 = stablehlo.broadcast_in_dim %c_19, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %65 = stablehlo.compare LT, %arg1, %64, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_20 = stablehlo.constant dense<6> : tensor<i32>
    %66 = stablehlo.broadcast_in_dim %c_20, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %67 = stablehlo.add %arg1, %66 : tensor<4xi32>
    %68 = stablehlo.select %65, %67, %arg1 : tensor<4xi1>, tensor<4xi32>
    %69 = stablehlo.broadcast_in_dim %68, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %70 = "stablehlo.gather"(%arg0, %69) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 7>}> : (tensor<6x7xf32>, tensor<4x1xi32>) -> tensor<4x7xf32>
    %c_21 = stablehlo.constant dense<0> : tensor<i32>
    %71 = stablehlo.broadcast_in_dim %c_21, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %72 = stablehlo.compare LT, %arg1, %71, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_22 = stablehlo.constant dense<6> : tensor<i32>
    %73 = stablehlo.broadcast_in_dim %c_22, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %74 = stablehlo.add %arg1, %73 : tensor<4xi32>
    %75 = stablehlo.select %72, %74, %arg1 : tensor<4xi1>, tensor<4xi32>
    %76 = stablehlo.broadcast_in_dim %75, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %77 = "stablehlo.gather"(%arg0, %76) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 7>}> : (tensor<6x7xf32>, tensor<4x1xi32>) -> tensor<4x7xf32>
    %78 = stablehlo.slice %arg1 [0:1] : (tensor<4xi32>) -> tensor<1xi32>
    %79 = stablehlo.reshape %78 : (tensor<1xi32>) -> tensor<i32>
    %c_23 = stablehlo.constant dense<0> : tensor<i32>
    %c_24 = stablehlo.constant dense<0> : tensor<i32>
    %80 = stablehlo.compare LT, %c_23, %c_24, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %c_25 = stablehlo.constant dense<0> : tensor<i32>
    %c_26 = stablehlo.constant dense<6> : tensor<i32>
    %81 = stablehlo.add %c_25, %c_26 : tensor<i32>
    %c_27 = stablehlo.constant dense<0> : tensor<i32>
    %82 = stablehlo.select %80, %81, %c_27 : tensor<i1>, tensor<i32>
    %c_28 = stablehlo.constant dense<0> : tensor<i32>
    %83 = stablehlo.compare LT, %79, %c_28, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %c_29 = stablehlo.constant dense<7> : tensor<i32>
    %84 = stablehlo.add %79, %c_29 : tensor<i32>
    %85 = stablehlo.select %83, %84, %79 : tensor<i1>, tensor<i32>
    %86 = stablehlo.dynamic_slice %arg0, %82, %85, sizes = [6, 1] : (tensor<6x7xf32>, tensor<i32>, tensor<i32>) -> tensor<6x1xf32>
    %87 = stablehlo.reshape %86 : (tensor<6x1xf32>) -> tensor<6xf32>
    %88 = stablehlo.slice %arg3 [0:4, 0:1] : (tensor<4x2xi32>) -> tensor<4x1xi32>
    %89 = stablehlo.reshape %88 : (tensor<4x1xi32>) -> tensor<4xi32>
    %90 = stablehlo.slice %arg3 [0:4, 1:2] : (tensor<4x2xi32>) -> tensor<4x1xi32>
    %91 = stablehlo.reshape %90 : (tensor<4x1xi32>) -> tensor<4xi32>
    %c_30 = stablehlo.constant dense<0> : tensor<i32>
    %92 = stablehlo.broadcast_in_dim %c_30, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %93 = stablehlo.compare LT, %89, %92, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_31 = stablehlo.constant dense<6> : tensor<i32>
    %94 = stablehlo.broadcast_in_dim %c_31, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %95 = stablehlo.add %89, %94 : tensor<4xi32>
    %96 = stablehlo.select %93, %95, %89 : tensor<4xi1>, tensor<4xi32>
    %c_32 = stablehlo.constant dense<0> : tensor<i32>
    %97 = stablehlo.broadcast_in_dim %c_32, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %98 = stablehlo.compare LT, %91, %97, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_33 = stablehlo.constant dense<7> : tensor<i32>
    %99 = stablehlo.broadcast_in_dim %c_33, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %100 = stablehlo.add %91, %99 : tensor<4xi32>
    %101 = stablehlo.select %98, %100, %91 : tensor<4xi1>, tensor<4xi32>
    %102 = stablehlo.broadcast_in_dim %96, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %103 = stablehlo.broadcast_in_dim %101, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %104 = stablehlo.concatenate %102, %103, dim = 1 : (tensor<4x1xi32>, tensor<4x1xi32>) -> tensor<4x2xi32>
    %105 = "stablehlo.gather"(%arg0, %104) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0, 1], start_index_map = [0, 1], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 1>}> : (tensor<6x7xf32>, tensor<4x2xi32>) -> tensor<4xf32>
    %106 = stablehlo.slice %arg3 [0:4, 0:1] : (tensor<4x2xi32>) -> tensor<4x1xi32>
    %107 = stablehlo.reshape %106 : (tensor<4x1xi32>) -> tensor<4xi32>
    %108 = stablehlo.slice %arg3 [0:4, 1:2] : (tensor<4x2xi32>) -> tensor<4x1xi32>
    %109 = stablehlo.reshape %108 : (tensor<4x1xi32>) -> tensor<4xi32>
    %c_34 = stablehlo.constant dense<0> : tensor<i32>
    %110 = stablehlo.broadcast_in_dim %c_34, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %111 = stablehlo.compare LT, %107, %110, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_35 = stablehlo.constant dense<6> : tensor<i32>
    %112 = stablehlo.broadcast_in_dim %c_35, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %113 = stablehlo.add %107, %112 : tensor<4xi32>
    %114 = stablehlo.select %111, %113, %107 : tensor<4xi1>, tensor<4xi32>
    %c_36 = stablehlo.constant dense<0> : tensor<i32>
    %115 = stablehlo.broadcast_in_dim %c_36, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %116 = stablehlo.compare LT, %109, %115, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_37 = stablehlo.constant dense<7> : tensor<i32>
    %117 = stablehlo.broadcast_in_dim %c_37, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %118 = stablehlo.add %109, %117 : tensor<4xi32>
    %119 = stablehlo.select %116, %118, %109 : tensor<4xi1>, tensor<4xi32>
    %120 = stablehlo.broadcast_in_dim %114, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %121 = stablehlo.broadcast_in_dim %119, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %122 = stablehlo.concatenate %120, %121, dim = 1 : (tensor<4x1xi32>, tensor<4x1xi32>) -> tensor<4x2xi32>
    %123 = "stablehlo.scatter"(%arg0, %122, %arg4) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0, 1], scatter_dims_to_operand_dims = [0, 1], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.add %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x2xi32>, tensor<4xf32>) -> tensor<6x7xf32>
    %c_38 = stablehlo.constant dense<2> : tensor<i32>
    %124 = stablehlo.broadcast_in_dim %c_38, dims = [] : (tensor<i32>) -> tensor<1xi32>
    %cst_39 = stablehlo.constant dense<9.000000e+00> : tensor<f32>
    %125 = stablehlo.broadcast_in_dim %cst_39, dims = [] : (tensor<f32>) -> tensor<6xf32>
    %126 = "stablehlo.scatter"(%arg0, %124, %125) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [1], scatter_dims_to_operand_dims = [1]>, unique_indices = true}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      stablehlo.return %arg6 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<1xi32>, tensor<6xf32>) -> tensor<6x7xf32>
    %127 = stablehlo.iota dim = 0 : tensor<4xi32>
    %c_40 = stablehlo.constant dense<2> : tensor<i32>
    %128 = stablehlo.broadcast_in_dim %c_40, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %129 = stablehlo.multiply %128, %127 : tensor<4xi32>
    %c_41 = stablehlo.constant dense<0> : tensor<i32>
    %130 = stablehlo.broadcast_in_dim %c_41, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %131 = stablehlo.add %130, %129 : tensor<4xi32>
    %c_42 = stablehlo.constant dense<1> : tensor<i32>
    %132 = stablehlo.broadcast_in_dim %c_42, dims = [] : (tensor<i32>) -> tensor<4x1xi32>
    %133 = stablehlo.broadcast_in_dim %131, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %134 = stablehlo.concatenate %132, %133, dim = 1 : (tensor<4x1xi32>, tensor<4x1xi32>) -> tensor<4x2xi32>
    %cst_43 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %135 = stablehlo.broadcast_in_dim %cst_43, dims = [] : (tensor<f32>) -> tensor<3x4xf32>
    %136 = "stablehlo.scatter"(%arg0, %134, %135) <{indices_are_sorted = true, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [1], scatter_dims_to_operand_dims = [0, 1], index_vector_dim = 1>, unique_indices = true}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.multiply %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x2xi32>, tensor<3x4xf32>) -> tensor<6x7xf32>
    %c_44 = stablehlo.constant dense<0> : tensor<i32>
    %137 = stablehlo.broadcast_in_dim %c_44, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %138 = stablehlo.compare LT, %arg1, %137, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_45 = stablehlo.constant dense<6> : tensor<i32>
    %139 = stablehlo.broadcast_in_dim %c_45, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %140 = stablehlo.add %arg1, %139 : tensor<4xi32>
    %141 = stablehlo.select %138, %140, %arg1 : tensor<4xi1>, tensor<4xi32>
    %142 = stablehlo.broadcast_in_dim %141, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %cst_46 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %143 = stablehlo.broadcast_in_dim %cst_46, dims = [] : (tensor<f32>) -> tensor<4x7xf32>
    %cst_47 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %144 = stablehlo.broadcast_in_dim %cst_47, dims = [] : (tensor<f32>) -> tensor<4x7xf32>
    %145 = "stablehlo.scatter"(%arg0, %142, %144) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.sine %arg5 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %146 = stablehlo.abs %arg1 : tensor<4xi32>
    %c_48 = stablehlo.constant dense<6> : tensor<i32>
    %147 = call @remainder(%146, %c_48) : (tensor<4xi32>, tensor<i32>) -> tensor<4xi32>
    %c_49 = stablehlo.constant dense<0> : tensor<i32>
    %148 = stablehlo.broadcast_in_dim %c_49, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %149 = stablehlo.compare LT, %147, %148, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_50 = stablehlo.constant dense<6> : tensor<i32>
    %150 = stablehlo.broadcast_in_dim %c_50, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %151 = stablehlo.add %147, %150 : tensor<4xi32>
    %152 = stablehlo.select %149, %151, %147 : tensor<4xi1>, tensor<4xi32>
    %153 = stablehlo.broadcast_in_dim %152, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %154 = "stablehlo.gather"(%arg0, %153) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 7>}> : (tensor<6x7xf32>, tensor<4x1xi32>) -> tensor<4x7xf32>
    %155 = stablehlo.reverse %154, dims = [1] : tensor<4x7xf32>
    %156 = stablehlo.broadcast_in_dim %155, dims = [0, 2] : (tensor<4x7xf32>) -> tensor<4x1x7xf32>
    %157 = call @_take(%arg0, %arg1) : (tensor<6x7xf32>, tensor<4xi32>) -> tensor<6x4xf32>
    %c_51 = stablehlo.constant dense<0> : tensor<i32>
    %158 = stablehlo.broadcast_in_dim %c_51, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %159 = stablehlo.compare LT, %arg1, %158, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_52 = stablehlo.constant dense<6> : tensor<i32>
    %160 = stablehlo.broadcast_in_dim %c_52, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %161 = stablehlo.add %arg1, %160 : tensor<4xi32>
    %162 = stablehlo.select %159, %161, %arg1 : tensor<4xi1>, tensor<4xi32>
    %163 = stablehlo.broadcast_in_dim %162, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %164 = "stablehlo.gather"(%arg0, %163) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1, 7>}> : (tensor<6x7xf32>, tensor<4x1xi32>) -> tensor<4x7xf32>
    %165 = stablehlo.multiply %164, %164 : tensor<4x7xf32>
    %cst_53 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %166 = stablehlo.broadcast_in_dim %cst_53, dims = [] : (tensor<f32>) -> tensor<4x7xf32>
    %167 = stablehlo.multiply %166, %164 : tensor<4x7xf32>
    %cst_54 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %168 = stablehlo.reduce(%165 init: %cst_54) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x7xf32>, tensor<f32>) -> tensor<f32>
    %cst_55 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %169 = stablehlo.broadcast_in_dim %cst_55, dims = [] : (tensor<f32>) -> tensor<4x7xf32>
    %170 = stablehlo.multiply %169, %167 : tensor<4x7xf32>
    %cst_56 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %171 = stablehlo.broadcast_in_dim %cst_56, dims = [] : (tensor<f32>) -> tensor<6x7xf32>
    %172 = "stablehlo.scatter"(%171, %163, %170) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.add %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %cst_57 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %173 = stablehlo.broadcast_in_dim %cst_57, dims = [] : (tensor<f32>) -> tensor<6x7xf32>
    %c_58 = stablehlo.constant dense<0> : tensor<i32>
    %174 = stablehlo.broadcast_in_dim %c_58, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %175 = stablehlo.compare LT, %arg1, %174, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_59 = stablehlo.constant dense<6> : tensor<i32>
    %176 = stablehlo.broadcast_in_dim %c_59, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %177 = stablehlo.add %arg1, %176 : tensor<4xi32>
    %178 = stablehlo.select %175, %177, %arg1 : tensor<4xi1>, tensor<4xi32>
    %179 = stablehlo.broadcast_in_dim %178, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %180 = "stablehlo.scatter"(%173, %179, %arg2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.multiply %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %181 = stablehlo.divide %arg0, %180 : tensor<6x7xf32>
    %cst_60 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %182 = stablehlo.broadcast_in_dim %cst_60, dims = [] : (tensor<f32>) -> tensor<6x7xf32>
    %c_61 = stablehlo.constant dense<0> : tensor<i32>
    %183 = stablehlo.broadcast_in_dim %c_61, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %184 = stablehlo.compare LT, %arg1, %183, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_62 = stablehlo.constant dense<6> : tensor<i32>
    %185 = stablehlo.broadcast_in_dim %c_62, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %186 = stablehlo.add %arg1, %185 : tensor<4xi32>
    %187 = stablehlo.select %184, %186, %arg1 : tensor<4xi1>, tensor<4xi32>
    %188 = stablehlo.broadcast_in_dim %187, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %cst_63 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %189 = stablehlo.broadcast_in_dim %cst_63, dims = [] : (tensor<f32>) -> tensor<4x7xf32>
    %190 = "stablehlo.scatter"(%182, %188, %189) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<f32>, %arg6: tensor<f32>):
      %192 = stablehlo.multiply %arg5, %arg6 : tensor<f32>
      stablehlo.return %192 : tensor<f32>
    }) : (tensor<6x7xf32>, tensor<4x1xi32>, tensor<4x7xf32>) -> tensor<6x7xf32>
    %191 = stablehlo.power %arg0, %190 : tensor<6x7xf32>
    return %6, %18, %25, %32, %39, %46, %63, %70, %77, %87, %105, %123, %126, %136, %145, %156, %157, %172, %181, %191 : tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<4x7xf32>, tensor<4x7xf32>, tensor<4x7xf32>, tensor<6xf32>, tensor<4xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<4x1x7xf32>, tensor<6x4xf32>, tensor<6x7xf32>, tensor<6x7xf32>, tensor<6x7xf32>
  }
  func.func private @remainder(%arg0: tensor<4xi32>, %arg1: tensor<i32>) -> tensor<4xi32> {
    %0 = stablehlo.convert %arg1 : tensor<i32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.compare EQ, %0, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %c_0 = stablehlo.constant dense<1> : tensor<i32>
    %2 = call @_where(%1, %c_0, %0) : (tensor<i1>, tensor<i32>, tensor<i32>) -> tensor<i32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %4 = stablehlo.remainder %arg0, %3 : tensor<4xi32>
    %c_1 = stablehlo.constant dense<0> : tensor<i32>
    %5 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %6 = stablehlo.compare NE, %4, %5, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %7 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %8 = stablehlo.compare LT, %4, %7, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_3 = stablehlo.constant dense<0> : tensor<i32>
    %9 = stablehlo.compare LT, %2, %c_3, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %10 = stablehlo.broadcast_in_dim %9, dims = [] : (tensor<i1>) -> tensor<4xi1>
    %11 = stablehlo.compare NE, %8, %10, UNSIGNED : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
    %12 = stablehlo.and %11, %6 : tensor<4xi1>
    %13 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %14 = stablehlo.add %4, %13 : tensor<4xi32>
    %15 = stablehlo.select %12, %14, %4 : tensor<4xi1>, tensor<4xi32>
    return %15 : tensor<4xi32>
  }
  func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<i32>, %arg2: tensor<i32>) -> tensor<i32> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<i32>
    return %0 : tensor<i32>
  }
  func.func private @_take(%arg0: tensor<6x7xf32>, %arg1: tensor<4xi32>) -> tensor<6x4xf32> {
    %c = stablehlo.constant dense<7> : tensor<i32>
    %0 = call @remainder_0(%arg1, %c) : (tensor<4xi32>, tensor<i32>) -> tensor<4xi32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0] : (tensor<4xi32>) -> tensor<4x1xi32>
    %2 = "stablehlo.gather"(%arg0, %1) <{dimension_numbers = #stablehlo.gather<offset_dims = [0], collapsed_slice_dims = [1], start_index_map = [1], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 6, 1>}> : (tensor<6x7xf32>, tensor<4x1xi32>) -> tensor<6x4xf32>
    return %2 : tensor<6x4xf32>
  }
  func.func private @remainder_0(%arg0: tensor<4xi32>, %arg1: tensor<i32>) -> tensor<4xi32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.compare EQ, %arg1, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %c_0 = stablehlo.constant dense<1> : tensor<i32>
    %1 = call @_where(%0, %c_0, %arg1) : (tensor<i1>, tensor<i32>, tensor<i32>) -> tensor<i32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %3 = stablehlo.remainder %arg0, %2 : tensor<4xi32>
    %c_1 = stablehlo.constant dense<0> : tensor<i32>
    %4 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %5 = stablehlo.compare NE, %3, %4, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %6 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %7 = stablehlo.compare LT, %3, %6, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %c_3 = stablehlo.constant dense<0> : tensor<i32>
    %8 = stablehlo.compare LT, %1, %c_3, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    %9 = stablehlo.broadcast_in_dim %8, dims = [] : (tensor<i1>) -> tensor<4xi1>
    %10 = stablehlo.compare NE, %7, %9, UNSIGNED : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
    %11 = stablehlo.and %10, %5 : tensor<4xi1>
    %12 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %13 = stablehlo.add %3, %12 : tensor<4xi32>
    %14 = stablehlo.select %11, %13, %3 : tensor<4xi1>, tensor<4xi32>
    return %14 : tensor<4xi32>
  }
}
