module @jit_x64 attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<10xi64>, %arg1: tensor<10xi64>, %arg2: tensor<10xui64>, %arg3: tensor<4x5xf64>, %arg4: tensor<5x3xf64>) -> (tensor<10xi64> {jax.result_info = "result[0]"}, tensor<10xi64> {jax.result_info = "result[1]"}, tensor<10xi64> {jax.result_info = "result[2]"}, tensor<10xi64> {jax.result_info = "result[3]"}, tensor<10xi64> {jax.result_info = "result[4]"}, tensor<10xi64> {jax.result_info = "result[5]"}, tensor<10xi64> {jax.result_info = "result[6]"}, tensor<10xui64> {jax.result_info = "result[7]"}, tensor<10xui64> {jax.result_info = "result[8]"}, tensor<10xui64> {jax.result_info = "result[9]"}, tensor<10xi32> {jax.result_info = "result[10]"}, tensor<10xf32> {jax.result_info = "result[11]"}, tensor<10xf64> {jax.result_info = "result[12]"}, tensor<10xf32> {jax.result_info = "result[13]"}, tensor<10xf64> {jax.result_info = "result[14]"}, tensor<4x5xi64> {jax.result_info = "result[15]"}, tensor<i64> {jax.result_info = "result[16]"}, tensor<ui64> {jax.result_info = "result[17]"}, tensor<10xi64> {jax.result_info = "result[18]"}, tensor<10xui64> {jax.result_info = "result[19]"}, tensor<10xi64> {jax.result_info = "result[20]"}, tensor<10xi1> {jax.result_info = "result[21]"}, tensor<10xi1> {jax.result_info = "result[22]"}, tensor<4x3xf64> {jax.result_info = "result[23]"}, tensor<4x5xf64> {jax.result_info = "result[24]"}, tensor<4x5xf64> {jax.result_info = "result[25]"}, tensor<4x5xf64> {jax.result_info = "result[26]"}, tensor<4x3xf64> {jax.result_info = "result[27]"}, tensor<4x5xf64> {jax.result_info = "result[28]"}, tensor<4x5xf64> {jax.result_info = "result[29]"}, tensor<4x5xf64> {jax.result_info = "result[30]"}, tensor<4x5xf64> {jax.result_info = "result[31]"}, tensor<4x5xf64> {jax.result_info = "result[32]"}, tensor<4x5xf64> {jax.result_info = "result[33]"}, tensor<4x5xf64> {jax.result_info = "result[34]"}, tensor<4x5xf64> {jax.result_info = "result[35]"}, tensor<4x5xf32> {jax.result_info = "result[36]"}, tensor<4x5xbf16> {jax.result_info = "result[37]"}, tensor<5xi64> {jax.result_info = "result[38]"}, tensor<ui64> {jax.result_info = "result[39]"}, tensor<4xi64> {jax.result_info = "result[40]"}, tensor<10xi64> {jax.result_info = "result[41]"}, tensor<4x5xf64> {jax.result_info = "result[42]"}, tensor<10xi64> {jax.result_info = "result[43]"}, tensor<4x5xi1> {jax.result_info = "result[44]"}, tensor<4x5xf64> {jax.result_info = "result[45]"}, tensor<4x5xui64> {jax.result_info = "result[46]"}, tensor<10xi64> {jax.result_info = "result[47]"}, tensor<10xi64> {jax.result_info = "result[48]"}, tensor<f64> {jax.result_info = "result[49]"}, tensor<4x5xf64> {jax.result_info = "result[50]"}, tensor<4x5xf64> {jax.result_info = "result[51]"}, tensor<5xi32> {jax.result_info = "result[52]"}, tensor<10xui64> {jax.result_info = "result[53]"}, tensor<i64> {jax.result_info = "result[54]"}, tensor<f64> {jax.result_info = "result[55]"}) {
    %0 = stablehlo.add %arg0, %arg1 : tensor<10xi64>
    %1 = stablehlo.multiply %arg0, %arg0 : tensor<10xi64>
    %2 = stablehlo.divide %arg0, %arg1 : tensor<10xi64>
    %3 = stablehlo.remainder %arg0, %arg1 : tensor<10xi64>
    %4 = stablehlo.shift_left %arg0, %arg1 : tensor<10xi64>
    %5 = stablehlo.shift_right_logical %arg0, %arg1 : tensor<10xi64>
    %6 = stablehlo.count_leading_zeros %arg0 : tensor<10xi64>
    %7 = stablehlo.popcnt %arg2 : tensor<10xui64>
    %c = stablehlo.constant dense<7> : tensor<i64>
    %8 = call @floor_divide(%arg2, %c) : (tensor<10xui64>, tensor<i64>) -> tensor<10xui64>
    %c_0 = stablehlo.constant dense<1000> : tensor<i64>
    %9 = call @remainder(%arg2, %c_0) : (tensor<10xui64>, tensor<i64>) -> tensor<10xui64>
    %10 = stablehlo.convert %arg0 : (tensor<10xi64>) -> tensor<10xi32>
    %11 = stablehlo.convert %arg0 : (tensor<10xi64>) -> tensor<10xf32>
    %12 = stablehlo.convert %arg0 : (tensor<10xi64>) -> tensor<10xf64>
    %13 = stablehlo.convert %arg2 : (tensor<10xui64>) -> tensor<10xf32>
    %14 = stablehlo.convert %arg2 : (tensor<10xui64>) -> tensor<10xf64>
    %15 = stablehlo.convert %arg3 : (tensor<4x5xf64>) -> tensor<4x5xi64>
    %c_1 = stablehlo.constant dense<0> : tensor<i64>
    %16 = stablehlo.reduce(%arg0 init: %c_1) applies stablehlo.add across dimensions = [0] : (tensor<10xi64>, tensor<i64>) -> tensor<i64>
    %c_2 = stablehlo.constant dense<0> : tensor<ui64>
    %17 = stablehlo.reduce(%arg2 init: %c_2) applies stablehlo.maximum across dimensions = [0] : (tensor<10xui64>, tensor<ui64>) -> tensor<ui64>
    %18 = call @cumsum(%arg0) : (tensor<10xi64>) -> tensor<10xi64>
    %19 = call @sort(%arg2) : (tensor<10xui64>) -> tensor<10xui64>
    %20 = call @argsort(%arg0) : (tensor<10xi64>) -> tensor<10xi64>
    %21 = stablehlo.compare GT, %arg0, %arg1, SIGNED : (tensor<10xi64>, tensor<10xi64>) -> tensor<10xi1>
    %c_3 = stablehlo.constant dense<5> : tensor<ui64>
    %22 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %23 = stablehlo.compare GT, %arg2, %22, UNSIGNED : (tensor<10xui64>, tensor<10xui64>) -> tensor<10xi1>
    %24 = stablehlo.dot_general %arg3, %arg4, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x5xf64>, tensor<5x3xf64>) -> tensor<4x3xf64>
    %25 = stablehlo.sine %arg3 : tensor<4x5xf64>
    %26 = stablehlo.exponential %arg3 : tensor<4x5xf64>
    %cst = stablehlo.constant dense<0xFFF0000000000000> : tensor<f64>
    %27 = stablehlo.reduce(%arg3 init: %cst) applies stablehlo.maximum across dimensions = [1] : (tensor<4x5xf64>, tensor<f64>) -> tensor<4xf64>
    %cst_4 = stablehlo.constant dense<0xFFF0000000000000> : tensor<f64>
    %28 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f64>) -> tensor<4xf64>
    %29 = stablehlo.maximum %28, %27 : tensor<4xf64>
    %30 = stablehlo.broadcast_in_dim %29, dims = [0] : (tensor<4xf64>) -> tensor<4x1xf64>
    %31 = stablehlo.broadcast_in_dim %30, dims = [0, 1] : (tensor<4x1xf64>) -> tensor<4x5xf64>
    %32 = stablehlo.subtract %arg3, %31 : tensor<4x5xf64>
    %33 = stablehlo.exponential %32 : tensor<4x5xf64>
    %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %34 = stablehlo.reduce(%33 init: %cst_5) applies stablehlo.add across dimensions = [1] : (tensor<4x5xf64>, tensor<f64>) -> tensor<4xf64>
    %35 = stablehlo.broadcast_in_dim %34, dims = [0] : (tensor<4xf64>) -> tensor<4x1xf64>
    %36 = stablehlo.broadcast_in_dim %35, dims = [0, 1] : (tensor<4x1xf64>) -> tensor<4x5xf64>
    %37 = stablehlo.divide %33, %36 : tensor<4x5xf64>
    %38 = stablehlo.tanh %arg3 : tensor<4x5xf64>
    %39 = stablehlo.cosine %arg4 : tensor<5x3xf64>
    %40 = stablehlo.dot_general %38, %39, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x5xf64>, tensor<5x3xf64>) -> tensor<4x3xf64>
    %41 = stablehlo.dot_general %arg3, %arg4, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<4x5xf64>, tensor<5x3xf64>) -> tensor<4x3xf64>
    %42 = stablehlo.tanh %41 : tensor<4x3xf64>
    %cst_6 = stablehlo.constant dense<1.000000e+00> : tensor<f64>
    %43 = stablehlo.broadcast_in_dim %cst_6, dims = [] : (tensor<f64>) -> tensor<4x3xf64>
    %44 = stablehlo.subtract %43, %42 : tensor<4x3xf64>
    %45 = stablehlo.multiply %42, %42 : tensor<4x3xf64>
    %cst_7 = stablehlo.constant dense<2.000000e+00> : tensor<f64>
    %46 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f64>) -> tensor<4x3xf64>
    %47 = stablehlo.multiply %46, %42 : tensor<4x3xf64>
    %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %48 = stablehlo.reduce(%45 init: %cst_8) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x3xf64>, tensor<f64>) -> tensor<f64>
    %cst_9 = stablehlo.constant dense<1.000000e+00> : tensor<f64>
    %49 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f64>) -> tensor<4x3xf64>
    %50 = stablehlo.multiply %49, %47 : tensor<4x3xf64>
    %51 = stablehlo.multiply %50, %44 : tensor<4x3xf64>
    %52 = stablehlo.multiply %51, %42 : tensor<4x3xf64>
    %53 = stablehlo.add %51, %52 : tensor<4x3xf64>
    %54 = stablehlo.dot_general %53, %arg4, contracting_dims = [1] x [1], precision = [DEFAULT, DEFAULT] : (tensor<4x3xf64>, tensor<5x3xf64>) -> tensor<4x5xf64>
    %cst_10 = stablehlo.constant dense<2.100000e+00> : tensor<f64>
    %55 = stablehlo.broadcast_in_dim %cst_10, dims = [] : (tensor<f64>) -> tensor<4x5xf64>
    %56 = stablehlo.divide %arg3, %55 : tensor<4x5xf64>
    %57 = chlo.erf_inv %56 : tensor<4x5xf64> -> tensor<4x5xf64>
    %cst_11 = stablehlo.constant dense<2.100000e+00> : tensor<f64>
    %58 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f64>) -> tensor<4x5xf64>
    %59 = stablehlo.add %arg3, %58 : tensor<4x5xf64>
    %60 = chlo.lgamma %59 : tensor<4x5xf64> -> tensor<4x5xf64>
    %61 = chlo.erf %arg3 : tensor<4x5xf64> -> tensor<4x5xf64>
    %62 = stablehlo.abs %arg3 : tensor<4x5xf64>
    %63 = stablehlo.log_plus_one %62 : tensor<4x5xf64>
    %64 = call @sort_1(%arg3) : (tensor<4x5xf64>) -> tensor<4x5xf64>
    %65 = stablehlo.transpose %arg3, dims = [1, 0] : (tensor<4x5xf64>) -> tensor<5x4xf64>
    %66 = stablehlo.slice %65 [0:4, 0:1] : (tensor<5x4xf64>) -> tensor<4x1xf64>
    %67 = stablehlo.broadcast_in_dim %66, dims = [0, 1] : (tensor<4x1xf64>) -> tensor<4x5xf64>
    %68 = stablehlo.atan2 %arg3, %67 : tensor<4x5xf64>
    %69 = stablehlo.abs %arg3 : tensor<4x5xf64>
    %cst_12 = stablehlo.constant dense<1.500000e+00> : tensor<f64>
    %70 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f64>) -> tensor<4x5xf64>
    %71 = stablehlo.power %69, %70 : tensor<4x5xf64>
    %72 = stablehlo.convert %arg3 : (tensor<4x5xf64>) -> tensor<4x5xf32>
    %73 = stablehlo.convert %arg3 : (tensor<4x5xf64>) -> tensor<4x5xbf16>
    %74 = stablehlo.iota dim = 0 : tensor<5xi64>
    %75 = stablehlo.slice %arg2 [3:5] : (tensor<10xui64>) -> tensor<2xui64>
    %c_13 = stablehlo.constant dense<1> : tensor<ui64>
    %76 = stablehlo.reduce(%75 init: %c_13) applies stablehlo.multiply across dimensions = [0] : (tensor<2xui64>, tensor<ui64>) -> tensor<ui64>
    %77 = call @argmax(%arg3) : (tensor<4x5xf64>) -> tensor<4xi64>
    %c_14 = stablehlo.constant dense<10> : tensor<i64>
    %78 = call @remainder_2(%arg1, %c_14) : (tensor<10xi64>, tensor<i64>) -> tensor<10xi64>
    %c_15 = stablehlo.constant dense<0> : tensor<i64>
    %79 = stablehlo.broadcast_in_dim %c_15, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %80 = stablehlo.compare LT, %78, %79, SIGNED : (tensor<10xi64>, tensor<10xi64>) -> tensor<10xi1>
    %c_16 = stablehlo.constant dense<10> : tensor<i64>
    %81 = stablehlo.broadcast_in_dim %c_16, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %82 = stablehlo.add %78, %81 : tensor<10xi64>
    %83 = stablehlo.select %80, %82, %78 : tensor<10xi1>, tensor<10xi64>
    %84 = stablehlo.convert %83 : (tensor<10xi64>) -> tensor<10xi32>
    %85 = stablehlo.broadcast_in_dim %84, dims = [0] : (tensor<10xi32>) -> tensor<10x1xi32>
    %86 = "stablehlo.scatter"(%arg0, %85, %arg1) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, unique_indices = false}> ({
    ^bb0(%arg5: tensor<i64>, %arg6: tensor<i64>):
      %110 = stablehlo.add %arg5, %arg6 : tensor<i64>
      stablehlo.return %110 : tensor<i64>
    }) : (tensor<10xi64>, tensor<10x1xi32>, tensor<10xi64>) -> tensor<10xi64>
    %87 = stablehlo.floor %arg3 : tensor<4x5xf64>
    %88 = stablehlo.bitcast_convert %arg2 : (tensor<10xui64>) -> tensor<10xi64>
    %89 = stablehlo.is_finite %arg3 : (tensor<4x5xf64>) -> tensor<4x5xi1>
    %90 = call @round(%arg3) : (tensor<4x5xf64>) -> tensor<4x5xf64>
    %91 = stablehlo.bitcast_convert %arg3 : (tensor<4x5xf64>) -> tensor<4x5xui64>
    %c_17 = stablehlo.constant dense<12> : tensor<ui64>
    %92 = stablehlo.broadcast_in_dim %c_17, dims = [] : (tensor<ui64>) -> tensor<4x5xui64>
    %93 = stablehlo.shift_right_logical %91, %92 : tensor<4x5xui64>
    %94 = stablehlo.maximum %arg0, %arg1 : tensor<10xi64>
    %c_18 = stablehlo.constant dense<-5> : tensor<i64>
    %c_19 = stablehlo.constant dense<5> : tensor<i64>
    %95 = call @clip(%arg0, %c_18, %c_19) : (tensor<10xi64>, tensor<i64>, tensor<i64>) -> tensor<10xi64>
    %c_20 = stablehlo.constant dense<0> : tensor<i64>
    %96 = call @_var(%arg3, %c_20) : (tensor<4x5xf64>, tensor<i64>) -> tensor<f64>
    %97 = stablehlo.cbrt %arg3 : tensor<4x5xf64>
    %cst_21 = stablehlo.constant dense<2.100000e+00> : tensor<f64>
    %98 = stablehlo.broadcast_in_dim %cst_21, dims = [] : (tensor<f64>) -> tensor<4x5xf64>
    %99 = stablehlo.divide %arg3, %98 : tensor<4x5xf64>
    %100 = chlo.asin %99 : tensor<4x5xf64> -> tensor<4x5xf64>
    %101 = stablehlo.slice %arg3 [0:1, 0:5] : (tensor<4x5xf64>) -> tensor<1x5xf64>
    %102 = stablehlo.reshape %101 : (tensor<1x5xf64>) -> tensor<5xf64>
    %103 = stablehlo.slice %arg4 [0:5, 0:1] : (tensor<5x3xf64>) -> tensor<5x1xf64>
    %104 = stablehlo.reshape %103 : (tensor<5x1xf64>) -> tensor<5xf64>
    %105 = call @digitize(%102, %104) : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi32>
    %c_22 = stablehlo.constant dense<3> : tensor<ui64>
    %106 = stablehlo.broadcast_in_dim %c_22, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %107 = stablehlo.minimum %arg2, %106 : tensor<10xui64>
    %108 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<10xi64>, tensor<10xi64>) -> tensor<i64>
    %109 = call @median(%arg3) : (tensor<4x5xf64>) -> tensor<f64>
    return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %23, %24, %25, %26, %37, %40, %54, %57, %60, %61, %63, %64, %68, %71, %72, %73, %74, %76, %77, %86, %87, %88, %89, %90, %93, %94, %95, %96, %97, %100, %105, %107, %108, %109 : tensor<10xi64>, tensor<10xi64>, tensor<10xi64>, tensor<10xi64>, tensor<10xi64>, tensor<10xi64>, tensor<10xi64>, tensor<10xui64>, tensor<10xui64>, tensor<10xui64>, tensor<10xi32>, tensor<10xf32>, tensor<10xf64>, tensor<10xf32>, tensor<10xf64>, tensor<4x5xi64>, tensor<i64>, tensor<ui64>, tensor<10xi64>, tensor<10xui64>, tensor<10xi64>, tensor<10xi1>, tensor<10xi1>, tensor<4x3xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x3xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<4x5xf32>, tensor<4x5xbf16>, tensor<5xi64>, tensor<ui64>, tensor<4xi64>, tensor<10xi64>, tensor<4x5xf64>, tensor<10xi64>, tensor<4x5xi1>, tensor<4x5xf64>, tensor<4x5xui64>, tensor<10xi64>, tensor<10xi64>, tensor<f64>, tensor<4x5xf64>, tensor<4x5xf64>, tensor<5xi32>, tensor<10xui64>, tensor<i64>, tensor<f64>
  }
  func.func private @floor_divide(%arg0: tensor<10xui64>, %arg1: tensor<i64>) -> tensor<10xui64> {
    %0 = stablehlo.convert %arg1 : (tensor<i64>) -> tensor<ui64>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %2 = stablehlo.divide %arg0, %1 : tensor<10xui64>
    return %2 : tensor<10xui64>
  }
  func.func private @remainder(%arg0: tensor<10xui64>, %arg1: tensor<i64>) -> tensor<10xui64> {
    %0 = stablehlo.convert %arg1 : (tensor<i64>) -> tensor<ui64>
    %c = stablehlo.constant dense<0> : tensor<ui64>
    %1 = stablehlo.compare EQ, %0, %c, UNSIGNED : (tensor<ui64>, tensor<ui64>) -> tensor<i1>
    %c_0 = stablehlo.constant dense<1> : tensor<ui64>
    %2 = call @_where(%1, %c_0, %0) : (tensor<i1>, tensor<ui64>, tensor<ui64>) -> tensor<ui64>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %4 = stablehlo.remainder %arg0, %3 : tensor<10xui64>
    %c_1 = stablehlo.constant dense<0> : tensor<ui64>
    %5 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %6 = stablehlo.compare NE, %4, %5, UNSIGNED : (tensor<10xui64>, tensor<10xui64>) -> tensor<10xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<ui64>
    %7 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %8 = stablehlo.compare LT, %4, %7, UNSIGNED : (tensor<10xui64>, tensor<10xui64>) -> tensor<10xi1>
    %c_3 = stablehlo.constant dense<0> : tensor<ui64>
    %9 = stablehlo.compare LT, %2, %c_3, UNSIGNED : (tensor<ui64>, tensor<ui64>) -> tensor<i1>
    %10 = stablehlo.broadcast_in_dim %9, dims = [] : (tensor<i1>) -> tensor<10xi1>
    %11 = stablehlo.compare NE, %8, %10, UNSIGNED : (tensor<10xi1>, tensor<10xi1>) -> tensor<10xi1>
    %12 = stablehlo.and %11, %6 : tensor<10xi1>
    %13 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<ui64>) -> tensor<10xui64>
    %14 = stablehlo.add %4, %13 : tensor<10xui64>
    %15 = stablehlo.select %12, %14, %4 : tensor<10xi1>, tensor<10xui64>
    return %15 : tensor<10xui64>
  }
  func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<ui64>, %arg2: tensor<ui64>) -> tensor<ui64> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<ui64>
    return %0 : tensor<ui64>
  }
  func.func private @cumsum(%arg0: tensor<10xi64>) -> tensor<10xi64> {
    %0 = call @cumsum_0(%arg0) : (tensor<10xi64>) -> tensor<10xi64>
    return %0 : tensor<10xi64>
  }
  func.func private @cumsum_0(%arg0: tensor<10xi64>) -> tensor<10xi64> {
    %c = stablehlo.constant dense<0> : tensor<i64>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i64>) -> tensor<i64>
    %1 = "stablehlo.reduce_window"(%arg0, %0) <{base_dilations = array<i64: 1>, padding = dense<[[9, 0]]> : tensor<1x2xi64>, window_dilations = array<i64: 1>, window_dimensions = array<i64: 10>, window_strides = array<i64: 1>}> ({
    ^bb0(%arg1: tensor<i64>, %arg2: tensor<i64>):
      %2 = stablehlo.add %arg1, %arg2 : tensor<i64>
      stablehlo.return %2 : tensor<i64>
    }) : (tensor<10xi64>, tensor<i64>) -> tensor<10xi64>
    return %1 : tensor<10xi64>
  }
  func.func private @sort(%arg0: tensor<10xui64>) -> tensor<10xui64> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<ui64>, %arg2: tensor<ui64>):
      %1 = stablehlo.compare LT, %arg1, %arg2, UNSIGNED : (tensor<ui64>, tensor<ui64>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    }) : (tensor<10xui64>) -> tensor<10xui64>
    return %0 : tensor<10xui64>
  }
  func.func private @argsort(%arg0: tensor<10xi64>) -> tensor<10xi64> {
    %0 = stablehlo.iota dim = 0 : tensor<10xi64>
    %1:2 = "stablehlo.sort"(%arg0, %0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<i64>, %arg2: tensor<i64>, %arg3: tensor<i64>, %arg4: tensor<i64>):
      %2 = stablehlo.compare LT, %arg1, %arg2, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      stablehlo.return %2 : tensor<i1>
    }) : (tensor<10xi64>, tensor<10xi64>) -> (tensor<10xi64>, tensor<10xi64>)
    return %1#1 : tensor<10xi64>
  }
  func.func private @sort_1(%arg0: tensor<4x5xf64>) -> tensor<4x5xf64> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<f64>, %arg2: tensor<f64>):
      %cst = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %1 = stablehlo.compare EQ, %arg1, %cst, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %2 = stablehlo.select %1, %cst_0, %arg1 : tensor<i1>, tensor<f64>
      %3 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_1 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
      %4 = stablehlo.select %3, %cst_1, %2 : tensor<i1>, tensor<f64>
      %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %5 = stablehlo.compare EQ, %arg2, %cst_2, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %6 = stablehlo.select %5, %cst_3, %arg2 : tensor<i1>, tensor<f64>
      %7 = stablehlo.compare NE, %arg2, %arg2, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_4 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
      %8 = stablehlo.select %7, %cst_4, %6 : tensor<i1>, tensor<f64>
      %9 = stablehlo.compare LT, %4, %8, TOTALORDER : (tensor<f64>, tensor<f64>) -> tensor<i1>
      stablehlo.return %9 : tensor<i1>
    }) : (tensor<4x5xf64>) -> tensor<4x5xf64>
    return %0 : tensor<4x5xf64>
  }
  func.func private @argmax(%arg0: tensor<4x5xf64>) -> tensor<4xi64> {
    %0 = stablehlo.iota dim = 1 : tensor<4x5xi64>
    %cst = stablehlo.constant dense<0xFFF0000000000000> : tensor<f64>
    %c = stablehlo.constant dense<0> : tensor<i64>
    %1:2 = stablehlo.reduce(%arg0 init: %cst), (%0 init: %c) across dimensions = [1] : (tensor<4x5xf64>, tensor<4x5xi64>, tensor<f64>, tensor<i64>) -> (tensor<4xf64>, tensor<4xi64>)
     reducer(%arg1: tensor<f64>, %arg3: tensor<f64>) (%arg2: tensor<i64>, %arg4: tensor<i64>)  {
      %2 = stablehlo.compare GT, %arg1, %arg3, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %3 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %4 = stablehlo.or %2, %3 : tensor<i1>
      %5 = stablehlo.compare EQ, %arg1, %arg3, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %6 = stablehlo.compare LT, %arg2, %arg4, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      %7 = stablehlo.and %5, %6 : tensor<i1>
      %8 = stablehlo.or %4, %7 : tensor<i1>
      %9 = stablehlo.select %4, %arg1, %arg3 : tensor<i1>, tensor<f64>
      %10 = stablehlo.select %8, %arg2, %arg4 : tensor<i1>, tensor<i64>
      stablehlo.return %9, %10 : tensor<f64>, tensor<i64>
    }
    return %1#1 : tensor<4xi64>
  }
  func.func private @remainder_2(%arg0: tensor<10xi64>, %arg1: tensor<i64>) -> tensor<10xi64> {
    %0 = stablehlo.convert %arg1 : tensor<i64>
    %c = stablehlo.constant dense<0> : tensor<i64>
    %1 = stablehlo.compare EQ, %0, %c, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %c_0 = stablehlo.constant dense<1> : tensor<i64>
    %2 = call @_where_3(%1, %c_0, %0) : (tensor<i1>, tensor<i64>, tensor<i64>) -> tensor<i64>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %4 = stablehlo.remainder %arg0, %3 : tensor<10xi64>
    %c_1 = stablehlo.constant dense<0> : tensor<i64>
    %5 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %6 = stablehlo.compare NE, %4, %5, SIGNED : (tensor<10xi64>, tensor<10xi64>) -> tensor<10xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<i64>
    %7 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %8 = stablehlo.compare LT, %4, %7, SIGNED : (tensor<10xi64>, tensor<10xi64>) -> tensor<10xi1>
    %c_3 = stablehlo.constant dense<0> : tensor<i64>
    %9 = stablehlo.compare LT, %2, %c_3, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %10 = stablehlo.broadcast_in_dim %9, dims = [] : (tensor<i1>) -> tensor<10xi1>
    %11 = stablehlo.compare NE, %8, %10, UNSIGNED : (tensor<10xi1>, tensor<10xi1>) -> tensor<10xi1>
    %12 = stablehlo.and %11, %6 : tensor<10xi1>
    %13 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %14 = stablehlo.add %4, %13 : tensor<10xi64>
    %15 = stablehlo.select %12, %14, %4 : tensor<10xi1>, tensor<10xi64>
    return %15 : tensor<10xi64>
  }
  func.func private @_where_3(%arg0: tensor<i1>, %arg1: tensor<i64>, %arg2: tensor<i64>) -> tensor<i64> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<i64>
    return %0 : tensor<i64>
  }
  func.func private @round(%arg0: tensor<4x5xf64>) -> tensor<4x5xf64> {
    %cst = stablehlo.constant dense<1.000000e+01> : tensor<f64>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f64>) -> tensor<4x5xf64>
    %1 = stablehlo.multiply %arg0, %0 : tensor<4x5xf64>
    %2 = stablehlo.round_nearest_even %1 : tensor<4x5xf64>
    %cst_0 = stablehlo.constant dense<1.000000e+01> : tensor<f64>
    %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f64>) -> tensor<4x5xf64>
    %4 = stablehlo.divide %2, %3 : tensor<4x5xf64>
    return %4 : tensor<4x5xf64>
  }
  func.func private @clip(%arg0: tensor<10xi64>, %arg1: tensor<i64>, %arg2: tensor<i64>) -> tensor<10xi64> {
    %0 = stablehlo.convert %arg1 : tensor<i64>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %2 = stablehlo.maximum %1, %arg0 : tensor<10xi64>
    %3 = stablehlo.convert %arg2 : tensor<i64>
    %4 = stablehlo.broadcast_in_dim %3, dims = [] : (tensor<i64>) -> tensor<10xi64>
    %5 = stablehlo.minimum %4, %2 : tensor<10xi64>
    return %5 : tensor<10xi64>
  }
  func.func private @_var(%arg0: tensor<4x5xf64>, %arg1: tensor<i64>) -> tensor<f64> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %0 = stablehlo.reduce(%arg0 init: %cst) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xf64>, tensor<f64>) -> tensor<f64>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f64>) -> tensor<1x1xf64>
    %cst_0 = stablehlo.constant dense<2.000000e+01> : tensor<f64>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f64>) -> tensor<1x1xf64>
    %3 = stablehlo.divide %1, %2 : tensor<1x1xf64>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1] : (tensor<1x1xf64>) -> tensor<4x5xf64>
    %5 = stablehlo.subtract %arg0, %4 : tensor<4x5xf64>
    %6 = chlo.square %5 : tensor<4x5xf64> -> tensor<4x5xf64>
    %7 = stablehlo.convert %arg1 : (tensor<i64>) -> tensor<f64>
    %cst_1 = stablehlo.constant dense<2.000000e+01> : tensor<f64>
    %8 = stablehlo.subtract %cst_1, %7 : tensor<f64>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %9 = stablehlo.reduce(%6 init: %cst_2) applies stablehlo.add across dimensions = [0, 1] : (tensor<4x5xf64>, tensor<f64>) -> tensor<f64>
    %10 = stablehlo.divide %9, %8 : tensor<f64>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %11 = stablehlo.compare GT, %8, %cst_3, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
    %cst_4 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
    %12 = call @_where_4(%11, %10, %cst_4) : (tensor<i1>, tensor<f64>, tensor<f64>) -> tensor<f64>
    return %12 : tensor<f64>
  }
  func.func private @_where_4(%arg0: tensor<i1>, %arg1: tensor<f64>, %arg2: tensor<f64>) -> tensor<f64> {
    %0 = stablehlo.convert %arg2 : tensor<f64>
    %1 = stablehlo.select %arg0, %arg1, %0 : tensor<i1>, tensor<f64>
    return %1 : tensor<f64>
  }
  func.func private @digitize(%arg0: tensor<5xf64>, %arg1: tensor<5xf64>) -> tensor<5xi32> {
    %0 = stablehlo.slice %arg1 [4:5] : (tensor<5xf64>) -> tensor<1xf64>
    %1 = stablehlo.reshape %0 : (tensor<1xf64>) -> tensor<f64>
    %2 = stablehlo.slice %arg1 [0:1] : (tensor<5xf64>) -> tensor<1xf64>
    %3 = stablehlo.reshape %2 : (tensor<1xf64>) -> tensor<f64>
    %4 = stablehlo.compare GE, %1, %3, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
    %5 = call @searchsorted(%arg1, %arg0) : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi32>
    %6 = stablehlo.reverse %arg1, dims = [0] : tensor<5xf64>
    %7 = call @searchsorted(%6, %arg0) : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi32>
    %c = stablehlo.constant dense<5> : tensor<i32>
    %8 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<5xi32>
    %9 = stablehlo.subtract %8, %7 : tensor<5xi32>
    %10 = call @_where_7(%4, %5, %9) : (tensor<i1>, tensor<5xi32>, tensor<5xi32>) -> tensor<5xi32>
    return %10 : tensor<5xi32>
  }
  func.func private @searchsorted(%arg0: tensor<5xf64>, %arg1: tensor<5xf64>) -> tensor<5xi32> {
    %0 = call @_searchsorted_scan_impl(%arg0, %arg1) : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi32>
    return %0 : tensor<5xi32>
  }
  func.func private @_searchsorted_scan_impl(%arg0: tensor<5xf64>, %arg1: tensor<5xf64>) -> tensor<5xi32> {
    %0 = call @_searchsorted_scan_impl_5(%arg0, %arg1) : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi32>
    return %0 : tensor<5xi32>
  }
  func.func private @_searchsorted_scan_impl_5(%arg0: tensor<5xf64>, %arg1: tensor<5xf64>) -> tensor<5xi32> {
    %c = stablehlo.constant dense<0> : tensor<ui32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<ui32>) -> tensor<5xui32>
    %c_0 = stablehlo.constant dense<5> : tensor<ui32>
    %1 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<ui32>) -> tensor<5xui32>
    %c_1 = stablehlo.constant dense<0> : tensor<i64>
    %2:5 = stablehlo.while(%iterArg = %arg0, %iterArg_2 = %arg1, %iterArg_3 = %c_1, %iterArg_4 = %0, %iterArg_5 = %1) : tensor<5xf64>, tensor<5xf64>, tensor<i64>, tensor<5xui32>, tensor<5xui32>
    cond {
      %c_6 = stablehlo.constant dense<3> : tensor<i64>
      %4 = stablehlo.compare LT, %iterArg_3, %c_6, SIGNED : (tensor<i64>, tensor<i64>) -> tensor<i1>
      stablehlo.return %4 : tensor<i1>
    } do {
      %4:2 = func.call @closed_call(%iterArg, %iterArg_2, %iterArg_4, %iterArg_5) : (tensor<5xf64>, tensor<5xf64>, tensor<5xui32>, tensor<5xui32>) -> (tensor<5xui32>, tensor<5xui32>)
      %c_6 = stablehlo.constant dense<1> : tensor<i64>
      %5 = stablehlo.add %iterArg_3, %c_6 : tensor<i64>
      stablehlo.return %iterArg, %iterArg_2, %5, %4#0, %4#1 : tensor<5xf64>, tensor<5xf64>, tensor<i64>, tensor<5xui32>, tensor<5xui32>
    }
    %3 = stablehlo.convert %2#4 : (tensor<5xui32>) -> tensor<5xi32>
    return %3 : tensor<5xi32>
  }
  func.func private @closed_call(%arg0: tensor<5xf64>, %arg1: tensor<5xf64>, %arg2: tensor<5xui32>, %arg3: tensor<5xui32>) -> (tensor<5xui32>, tensor<5xui32>) {
    %0 = stablehlo.subtract %arg3, %arg2 : tensor<5xui32>
    %c = stablehlo.constant dense<2> : tensor<i64>
    %1 = call @floor_divide_6(%0, %c) : (tensor<5xui32>, tensor<i64>) -> tensor<5xui32>
    %2 = stablehlo.add %arg2, %1 : tensor<5xui32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<5xui32>) -> tensor<5x1xui32>
    %4 = "stablehlo.gather"(%arg0, %3) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, slice_sizes = array<i64: 1>}> : (tensor<5xf64>, tensor<5x1xui32>) -> tensor<5x1xf64>
    %5 = stablehlo.reshape %4 : (tensor<5x1xf64>) -> tensor<5xf64>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %6 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f64>) -> tensor<5xf64>
    %7 = stablehlo.compare EQ, %arg1, %6, FLOAT : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi1>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f64>) -> tensor<5xf64>
    %9 = stablehlo.select %7, %8, %arg1 : tensor<5xi1>, tensor<5xf64>
    %10 = stablehlo.compare NE, %arg1, %arg1, FLOAT : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi1>
    %cst_1 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
    %11 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f64>) -> tensor<5xf64>
    %12 = stablehlo.select %10, %11, %9 : tensor<5xi1>, tensor<5xf64>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %13 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f64>) -> tensor<5xf64>
    %14 = stablehlo.compare EQ, %5, %13, FLOAT : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi1>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %15 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f64>) -> tensor<5xf64>
    %16 = stablehlo.select %14, %15, %5 : tensor<5xi1>, tensor<5xf64>
    %17 = stablehlo.compare NE, %5, %5, FLOAT : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi1>
    %cst_4 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
    %18 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f64>) -> tensor<5xf64>
    %19 = stablehlo.select %17, %18, %16 : tensor<5xi1>, tensor<5xf64>
    %20 = stablehlo.compare LT, %12, %19, TOTALORDER : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xi1>
    %21 = stablehlo.select %20, %arg2, %2 : tensor<5xi1>, tensor<5xui32>
    %22 = stablehlo.select %20, %2, %arg3 : tensor<5xi1>, tensor<5xui32>
    return %21, %22 : tensor<5xui32>, tensor<5xui32>
  }
  func.func private @floor_divide_6(%arg0: tensor<5xui32>, %arg1: tensor<i64>) -> tensor<5xui32> {
    %0 = stablehlo.convert %arg1 : (tensor<i64>) -> tensor<ui32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<ui32>) -> tensor<5xui32>
    %2 = stablehlo.divide %arg0, %1 : tensor<5xui32>
    return %2 : tensor<5xui32>
  }
  func.func private @_where_7(%arg0: tensor<i1>, %arg1: tensor<5xi32>, %arg2: tensor<5xi32>) -> tensor<5xi32> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<5xi32>
    return %0 : tensor<5xi32>
  }
  func.func private @median(%arg0: tensor<4x5xf64>) -> tensor<f64> {
    %cst = stablehlo.constant dense<5.000000e-01> : tensor<f64>
    %0 = call @quantile(%arg0, %cst) : (tensor<4x5xf64>, tensor<f64>) -> tensor<f64>
    return %0 : tensor<f64>
  }
  func.func private @quantile(%arg0: tensor<4x5xf64>, %arg1: tensor<f64>) -> tensor<f64> {
    %0 = stablehlo.reshape %arg0 : (tensor<4x5xf64>) -> tensor<20xf64>
    %1 = stablehlo.compare NE, %0, %0, FLOAT : (tensor<20xf64>, tensor<20xf64>) -> tensor<20xi1>
    %c = stablehlo.constant dense<false> : tensor<i1>
    %2 = stablehlo.reduce(%1 init: %c) applies stablehlo.or across dimensions = [0] : (tensor<20xi1>, tensor<i1>) -> tensor<i1>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<i1>) -> tensor<1xi1>
    %cst = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
    %4 = call @_where_8(%3, %cst, %0) : (tensor<1xi1>, tensor<f64>, tensor<20xf64>) -> tensor<20xf64>
    %5 = "stablehlo.sort"(%4) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg2: tensor<f64>, %arg3: tensor<f64>):
      %cst_10 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %24 = stablehlo.compare EQ, %arg2, %cst_10, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %25 = stablehlo.select %24, %cst_11, %arg2 : tensor<i1>, tensor<f64>
      %26 = stablehlo.compare NE, %arg2, %arg2, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_12 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
      %27 = stablehlo.select %26, %cst_12, %25 : tensor<i1>, tensor<f64>
      %cst_13 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %28 = stablehlo.compare EQ, %arg3, %cst_13, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_14 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
      %29 = stablehlo.select %28, %cst_14, %arg3 : tensor<i1>, tensor<f64>
      %30 = stablehlo.compare NE, %arg3, %arg3, FLOAT : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %cst_15 = stablehlo.constant dense<0x7FF8000000000000> : tensor<f64>
      %31 = stablehlo.select %30, %cst_15, %29 : tensor<i1>, tensor<f64>
      %32 = stablehlo.compare LT, %27, %31, TOTALORDER : (tensor<f64>, tensor<f64>) -> tensor<i1>
      stablehlo.return %32 : tensor<i1>
    }) : (tensor<20xf64>) -> tensor<20xf64>
    %cst_0 = stablehlo.constant dense<2.000000e+01> : tensor<f64>
    %cst_1 = stablehlo.constant dense<1.000000e+00> : tensor<f64>
    %6 = stablehlo.subtract %cst_0, %cst_1 : tensor<f64>
    %7 = stablehlo.multiply %arg1, %6 : tensor<f64>
    %8 = stablehlo.floor %7 : tensor<f64>
    %9 = stablehlo.ceil %7 : tensor<f64>
    %10 = stablehlo.subtract %7, %8 : tensor<f64>
    %cst_2 = stablehlo.constant dense<1.000000e+00> : tensor<f64>
    %11 = stablehlo.subtract %cst_2, %10 : tensor<f64>
    %cst_3 = stablehlo.constant dense<2.000000e+01> : tensor<f64>
    %cst_4 = stablehlo.constant dense<1.000000e+00> : tensor<f64>
    %12 = stablehlo.subtract %cst_3, %cst_4 : tensor<f64>
    %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %13 = stablehlo.clamp %cst_5, %8, %12 : tensor<f64>
    %cst_6 = stablehlo.constant dense<2.000000e+01> : tensor<f64>
    %cst_7 = stablehlo.constant dense<1.000000e+00> : tensor<f64>
    %14 = stablehlo.subtract %cst_6, %cst_7 : tensor<f64>
    %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f64>
    %15 = stablehlo.clamp %cst_8, %9, %14 : tensor<f64>
    %16 = stablehlo.convert %13 : (tensor<f64>) -> tensor<i64>
    %17 = stablehlo.convert %15 : (tensor<f64>) -> tensor<i64>
    %18 = stablehlo.broadcast_in_dim %16, dims = [] : (tensor<i64>) -> tensor<1xi64>
    %19 = "stablehlo.gather"(%5, %18) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0], start_index_map = [0]>, indices_are_sorted = false, slice_sizes = array<i64: 1>}> : (tensor<20xf64>, tensor<1xi64>) -> tensor<f64>
    %20 = stablehlo.broadcast_in_dim %17, dims = [] : (tensor<i64>) -> tensor<1xi64>
    %21 = "stablehlo.gather"(%5, %20) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0], start_index_map = [0]>, indices_are_sorted = false, slice_sizes = array<i64: 1>}> : (tensor<20xf64>, tensor<1xi64>) -> tensor<f64>
    %22 = stablehlo.add %19, %21 : tensor<f64>
    %cst_9 = stablehlo.constant dense<5.000000e-01> : tensor<f64>
    %23 = stablehlo.multiply %22, %cst_9 : tensor<f64>
    return %23 : tensor<f64>
  }
  func.func private @_where_8(%arg0: tensor<1xi1>, %arg1: tensor<f64>, %arg2: tensor<20xf64>) -> tensor<20xf64> {
    %0 = stablehlo.convert %arg1 : tensor<f64>
    %1 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<1xi1>) -> tensor<20xi1>
    %2 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f64>) -> tensor<20xf64>
    %3 = stablehlo.select %1, %2, %arg2 : tensor<20xi1>, tensor<20xf64>
    return %3 : tensor<20xf64>
  }
}
