module @jit_windows attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<2x9x8x3xf32>, %arg1: tensor<5x7xi32>) -> (tensor<2x5x4x3xf32> {jax.result_info = "result[0]"}, tensor<2x4x6x3xf32> {jax.result_info = "result[1]"}, tensor<2x5x4x3xf32> {jax.result_info = "result[2]"}, tensor<2x9x8x3xf32> {jax.result_info = "result[3]"}, tensor<2x9x8x3xf32> {jax.result_info = "result[4]"}, tensor<2x9x8x3xf32> {jax.result_info = "result[5]"}, tensor<5x4xi32> {jax.result_info = "result[6]"}, tensor<4x6xi32> {jax.result_info = "result[7]"}, tensor<5x7xi32> {jax.result_info = "result[8]"}, tensor<2x7x6x3xf32> {jax.result_info = "result[9]"}, tensor<2x16x14x3xf32> {jax.result_info = "result[10]"}, tensor<2x4x4x3xf32> {jax.result_info = "result[11]"}, tensor<2x5x4x3xf32> {jax.result_info = "result[12]"}, tensor<2x4x4x3xf32> {jax.result_info = "result[13][0]"}, tensor<2x4x4x3xf32> {jax.result_info = "result[13][1]"}) {
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<f32>
    %1 = "stablehlo.reduce_window"(%arg0, %0) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [1, 1], [0, 0], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 3, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.maximum %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x5x4x3xf32>
    %cst_0 = stablehlo.constant dense<0x7F800000> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<f32>
    %3 = "stablehlo.reduce_window"(%arg0, %2) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 3, 3, 1>, window_strides = array<i64: 1, 2, 1, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.minimum %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x4x6x3xf32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<f32>
    %5 = "stablehlo.reduce_window"(%arg0, %4) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [0, 1], [0, 0], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x5x4x3xf32>
    %cst_2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %6 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<f32>
    %7 = "stablehlo.reduce_window"(%arg0, %6) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [1, 1], [0, 0], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 3, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.maximum %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x5x4x3xf32>
    %8 = stablehlo.sine %7 : tensor<2x5x4x3xf32>
    %9 = stablehlo.cosine %7 : tensor<2x5x4x3xf32>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %10 = stablehlo.reduce(%8 init: %cst_3) applies stablehlo.add across dimensions = [0, 1, 2, 3] : (tensor<2x5x4x3xf32>, tensor<f32>) -> tensor<f32>
    %cst_4 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %11 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<2x5x4x3xf32>
    %12 = stablehlo.multiply %11, %9 : tensor<2x5x4x3xf32>
    %cst_5 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %13 = stablehlo.pad %arg0, %cst_5, low = [0, 1, 0, 0], high = [0, 1, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x11x8x3xf32>
    %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %14 = "stablehlo.select_and_scatter"(%13, %12, %cst_6) <{padding = dense<0> : tensor<4x2xi64>, window_dimensions = array<i64: 1, 3, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.compare GE, %arg2, %arg3, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %48 : tensor<i1>
    }, {
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x11x8x3xf32>, tensor<2x5x4x3xf32>, tensor<f32>) -> tensor<2x11x8x3xf32>
    %15 = stablehlo.slice %14 [0:2, 1:10, 0:8, 0:3] : (tensor<2x11x8x3xf32>) -> tensor<2x9x8x3xf32>
    %cst_7 = stablehlo.constant dense<0x7F800000> : tensor<f32>
    %16 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<f32>
    %17 = "stablehlo.reduce_window"(%arg0, %16) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 3, 3, 1>, window_strides = array<i64: 1, 2, 1, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.minimum %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x4x6x3xf32>
    %18 = stablehlo.sine %17 : tensor<2x4x6x3xf32>
    %19 = stablehlo.cosine %17 : tensor<2x4x6x3xf32>
    %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %20 = stablehlo.reduce(%18 init: %cst_8) applies stablehlo.add across dimensions = [0, 1, 2, 3] : (tensor<2x4x6x3xf32>, tensor<f32>) -> tensor<f32>
    %cst_9 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %21 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f32>) -> tensor<2x4x6x3xf32>
    %22 = stablehlo.multiply %21, %19 : tensor<2x4x6x3xf32>
    %cst_10 = stablehlo.constant dense<0x7F800000> : tensor<f32>
    %23 = stablehlo.pad %arg0, %cst_10, low = [0, 0, 0, 0], high = [0, 0, 0, 0], interior = [0, 0, 0, 0] : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x9x8x3xf32>
    %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %24 = "stablehlo.select_and_scatter"(%23, %22, %cst_11) <{padding = dense<0> : tensor<4x2xi64>, window_dimensions = array<i64: 1, 3, 3, 1>, window_strides = array<i64: 1, 2, 1, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.compare LE, %arg2, %arg3, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %48 : tensor<i1>
    }, {
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<2x4x6x3xf32>, tensor<f32>) -> tensor<2x9x8x3xf32>
    %25 = stablehlo.slice %24 [0:2, 0:9, 0:8, 0:3] : (tensor<2x9x8x3xf32>) -> tensor<2x9x8x3xf32>
    %cst_12 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %26 = stablehlo.broadcast_in_dim %cst_12, dims = [] : (tensor<f32>) -> tensor<f32>
    %27 = "stablehlo.reduce_window"(%arg0, %26) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [0, 1], [0, 0], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x5x4x3xf32>
    %28 = stablehlo.sine %27 : tensor<2x5x4x3xf32>
    %29 = stablehlo.cosine %27 : tensor<2x5x4x3xf32>
    %cst_13 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %30 = stablehlo.reduce(%28 init: %cst_13) applies stablehlo.add across dimensions = [0, 1, 2, 3] : (tensor<2x5x4x3xf32>, tensor<f32>) -> tensor<f32>
    %cst_14 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %31 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<2x5x4x3xf32>
    %32 = stablehlo.multiply %31, %29 : tensor<2x5x4x3xf32>
    %cst_15 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %33 = stablehlo.pad %32, %cst_15, low = [0, 1, 1, 0], high = [0, 0, 1, 0], interior = [0, 1, 1, 0] : (tensor<2x5x4x3xf32>, tensor<f32>) -> tensor<2x10x9x3xf32>
    %cst_16 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %34 = stablehlo.broadcast_in_dim %cst_16, dims = [] : (tensor<f32>) -> tensor<f32>
    %35 = "stablehlo.reduce_window"(%33, %34) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 1, 1, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x10x9x3xf32>, tensor<f32>) -> tensor<2x9x8x3xf32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %36 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<i32>
    %37 = "stablehlo.reduce_window"(%arg1, %36) <{base_dilations = array<i64: 1, 1>, padding = dense<[[0, 1], [1, 1]]> : tensor<2x2xi64>, window_dilations = array<i64: 1, 1>, window_dimensions = array<i64: 2, 3>, window_strides = array<i64: 1, 2>}> ({
    ^bb0(%arg2: tensor<i32>, %arg3: tensor<i32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<i32>
      stablehlo.return %48 : tensor<i32>
    }) : (tensor<5x7xi32>, tensor<i32>) -> tensor<5x4xi32>
    %c_17 = stablehlo.constant dense<1> : tensor<i32>
    %38 = "stablehlo.reduce_window"(%arg1, %c_17) <{base_dilations = array<i64: 1, 1>, padding = dense<0> : tensor<2x2xi64>, window_dilations = array<i64: 1, 1>, window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 1, 1>}> ({
    ^bb0(%arg2: tensor<i32>, %arg3: tensor<i32>):
      %48 = stablehlo.multiply %arg2, %arg3 : tensor<i32>
      stablehlo.return %48 : tensor<i32>
    }) : (tensor<5x7xi32>, tensor<i32>) -> tensor<4x6xi32>
    %c_18 = stablehlo.constant dense<-2147483648> : tensor<i32>
    %39 = stablehlo.broadcast_in_dim %c_18, dims = [] : (tensor<i32>) -> tensor<i32>
    %40 = "stablehlo.reduce_window"(%arg1, %39) <{base_dilations = array<i64: 1, 1>, padding = dense<[[1, 0], [0, 1]]> : tensor<2x2xi64>, window_dilations = array<i64: 1, 1>, window_dimensions = array<i64: 2, 2>, window_strides = array<i64: 1, 1>}> ({
    ^bb0(%arg2: tensor<i32>, %arg3: tensor<i32>):
      %48 = stablehlo.maximum %arg2, %arg3 : tensor<i32>
      stablehlo.return %48 : tensor<i32>
    }) : (tensor<5x7xi32>, tensor<i32>) -> tensor<5x7xi32>
    %cst_19 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %41 = stablehlo.broadcast_in_dim %cst_19, dims = [] : (tensor<f32>) -> tensor<f32>
    %42 = "stablehlo.reduce_window"(%arg0, %41) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 2, 2, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 1, 1, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.maximum %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x7x6x3xf32>
    %cst_20 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %43 = stablehlo.broadcast_in_dim %cst_20, dims = [] : (tensor<f32>) -> tensor<f32>
    %44 = "stablehlo.reduce_window"(%arg0, %43) <{base_dilations = array<i64: 1, 2, 2, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 1, 1, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x16x14x3xf32>
    %cst_21 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %45 = "stablehlo.reduce_window"(%arg0, %cst_21) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.maximum %arg2, %arg3 : tensor<f32>
      %49 = stablehlo.subtract %arg2, %arg3 : tensor<f32>
      %50 = stablehlo.compare NE, %49, %49, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %51 = stablehlo.add %arg2, %arg3 : tensor<f32>
      %52 = stablehlo.abs %49 : tensor<f32>
      %53 = stablehlo.negate %52 : tensor<f32>
      %54 = stablehlo.exponential %53 : tensor<f32>
      %55 = stablehlo.log_plus_one %54 : tensor<f32>
      %56 = stablehlo.add %48, %55 : tensor<f32>
      %57 = stablehlo.select %50, %51, %56 : tensor<i1>, tensor<f32>
      stablehlo.return %57 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x4x4x3xf32>
    %cst_22 = stablehlo.constant dense<3.000000e+00> : tensor<f32>
    %46 = "stablehlo.reduce_window"(%arg0, %cst_22) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [0, 1], [0, 0], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>):
      %48 = stablehlo.add %arg2, %arg3 : tensor<f32>
      stablehlo.return %48 : tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<f32>) -> tensor<2x5x4x3xf32>
    %cst_23 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %cst_24 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %47:2 = "stablehlo.reduce_window"(%arg0, %arg0, %cst_23, %cst_24) <{base_dilations = array<i64: 1, 1, 1, 1>, padding = dense<0> : tensor<4x2xi64>, window_dilations = array<i64: 1, 1, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg2: tensor<f32>, %arg3: tensor<f32>, %arg4: tensor<f32>, %arg5: tensor<f32>):
      %48 = stablehlo.maximum %arg2, %arg4 : tensor<f32>
      %49 = stablehlo.add %arg3, %arg5 : tensor<f32>
      stablehlo.return %48, %49 : tensor<f32>, tensor<f32>
    }) : (tensor<2x9x8x3xf32>, tensor<2x9x8x3xf32>, tensor<f32>, tensor<f32>) -> (tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>)
    return %1, %3, %5, %15, %25, %35, %37, %38, %40, %42, %44, %45, %46, %47#0, %47#1 : tensor<2x5x4x3xf32>, tensor<2x4x6x3xf32>, tensor<2x5x4x3xf32>, tensor<2x9x8x3xf32>, tensor<2x9x8x3xf32>, tensor<2x9x8x3xf32>, tensor<5x4xi32>, tensor<4x6xi32>, tensor<5x7xi32>, tensor<2x7x6x3xf32>, tensor<2x16x14x3xf32>, tensor<2x4x4x3xf32>, tensor<2x5x4x3xf32>, tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>
  }
}
