module @jit_branches attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4xf32>, %arg1: tensor<i32>, %arg2: tensor<i1>) -> (tensor<4xf32> {jax.result_info = "result[0]"}, tensor<4xf32> {jax.result_info = "result[1]"}, tensor<4xf32> {jax.result_info = "result[2][0]"}, tensor<i32> {jax.result_info = "result[2][1]"}, tensor<4xf32> {jax.result_info = "result[3]"}, tensor<4xf32> {jax.result_info = "result[4]"}, tensor<f32> {jax.result_info = "result[5]"}) {
    %0 = stablehlo.convert %arg2 : (tensor<i1>) -> tensor<i32>
    %1 = "stablehlo.case"(%0) ({
      %cst_11 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
      %32 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
      %33 = stablehlo.subtract %arg0, %32 : tensor<4xf32>
      stablehlo.return %33 : tensor<4xf32>
    }, {
      %cst_11 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
      %32 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
      %33 = stablehlo.multiply %arg0, %32 : tensor<4xf32>
      stablehlo.return %33 : tensor<4xf32>
    }) : (tensor<i32>) -> tensor<4xf32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %c_0 = stablehlo.constant dense<2> : tensor<i32>
    %2 = stablehlo.clamp %c, %arg1, %c_0 : tensor<i32>
    %3 = "stablehlo.case"(%2) ({
      %32 = stablehlo.sine %arg0 : tensor<4xf32>
      stablehlo.return %32 : tensor<4xf32>
    }, {
      %32 = stablehlo.cosine %arg0 : tensor<4xf32>
      stablehlo.return %32 : tensor<4xf32>
    }, {
      %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %32 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
      %33 = stablehlo.multiply %arg0, %32 : tensor<4xf32>
      stablehlo.return %33 : tensor<4xf32>
    }) : (tensor<i32>) -> tensor<4xf32>
    %4 = stablehlo.slice %arg0 [0:1] : (tensor<4xf32>) -> tensor<1xf32>
    %5 = stablehlo.reshape %4 : (tensor<1xf32>) -> tensor<f32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %6 = stablehlo.compare GT, %5, %cst, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %7 = stablehlo.convert %6 : (tensor<i1>) -> tensor<i32>
    %8:2 = "stablehlo.case"(%7) ({
      %cst_11 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
      %32 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
      %33 = stablehlo.add %arg0, %32 : tensor<4xf32>
      %c_12 = stablehlo.constant dense<2> : tensor<i32>
      stablehlo.return %33, %c_12 : tensor<4xf32>, tensor<i32>
    }, {
      %c_11 = stablehlo.constant dense<1> : tensor<i32>
      stablehlo.return %arg0, %c_11 : tensor<4xf32>, tensor<i32>
    }) : (tensor<i32>) -> (tensor<4xf32>, tensor<i32>)
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %10 = stablehlo.compare GT, %arg0, %9, FLOAT : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %11 = stablehlo.convert %10 : (tensor<4xi1>) -> tensor<4xi32>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %12 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %13 = stablehlo.compare EQ, %11, %12, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %14 = stablehlo.select %13, %arg0, %arg0 : tensor<4xi1>, tensor<4xf32>
    %15 = stablehlo.negate %14 : tensor<4xf32>
    %c_3 = stablehlo.constant dense<1> : tensor<i32>
    %16 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %17 = stablehlo.compare EQ, %11, %16, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %18 = stablehlo.select %17, %arg0, %arg0 : tensor<4xi1>, tensor<4xf32>
    %cst_4 = stablehlo.constant dense<3.000000e+00> : tensor<f32>
    %19 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %20 = stablehlo.multiply %18, %19 : tensor<4xf32>
    %c_5 = stablehlo.constant dense<1> : tensor<i32>
    %21 = stablehlo.broadcast_in_dim %c_5, dims = [] : (tensor<i32>) -> tensor<4xi32>
    %22 = stablehlo.compare LT, %11, %21, SIGNED : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
    %23 = stablehlo.select %22, %15, %20 : tensor<4xi1>, tensor<4xf32>
    %24 = stablehlo.convert %arg2 : (tensor<i1>) -> tensor<i32>
    %25:2 = "stablehlo.case"(%24) ({
      %32 = stablehlo.exponential %arg0 : tensor<4xf32>
      %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %33 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
      stablehlo.return %32, %32 : tensor<4xf32>, tensor<4xf32>
    }, {
      %32 = stablehlo.sine %arg0 : tensor<4xf32>
      %33 = stablehlo.cosine %arg0 : tensor<4xf32>
      %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
      %34 = stablehlo.broadcast_in_dim %cst_11, dims = [] : (tensor<f32>) -> tensor<4xf32>
      stablehlo.return %32, %33 : tensor<4xf32>, tensor<4xf32>
    }) : (tensor<i32>) -> (tensor<4xf32>, tensor<4xf32>)
    %cst_6 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %26 = stablehlo.reduce(%25#0 init: %cst_6) applies stablehlo.add across dimensions = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
    %cst_7 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %27 = stablehlo.broadcast_in_dim %cst_7, dims = [] : (tensor<f32>) -> tensor<4xf32>
    %28 = "stablehlo.case"(%24) ({
      %32 = stablehlo.multiply %27, %25#1 : tensor<4xf32>
      stablehlo.return %32 : tensor<4xf32>
    }, {
      %32 = stablehlo.multiply %27, %25#1 : tensor<4xf32>
      stablehlo.return %32 : tensor<4xf32>
    }) : (tensor<i32>) -> tensor<4xf32>
    %c_8 = stablehlo.constant dense<9> : tensor<i32>
    %29 = stablehlo.add %arg1, %c_8 : tensor<i32>
    %c_9 = stablehlo.constant dense<0> : tensor<i32>
    %c_10 = stablehlo.constant dense<1> : tensor<i32>
    %30 = stablehlo.clamp %c_9, %29, %c_10 : tensor<i32>
    %31 = "stablehlo.case"(%30) ({
      %cst_11 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
      stablehlo.return %cst_11 : tensor<f32>
    }, {
      %cst_11 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
      stablehlo.return %cst_11 : tensor<f32>
    }) : (tensor<i32>) -> tensor<f32>
    return %1, %3, %8#0, %8#1, %23, %28, %31 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<4xf32>, tensor<4xf32>, tensor<f32>
  }
}
