module @jit_newton attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<16x16xf32>, %arg1: tensor<16x16xf32>) -> (tensor<16x16xf32> {jax.result_info = "result[0]"}, tensor<i32> {jax.result_info = "result[1]"}) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0:4 = stablehlo.while(%iterArg = %arg0, %iterArg_0 = %arg0, %iterArg_1 = %arg1, %iterArg_2 = %c) : tensor<16x16xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<i32>
    cond {
      %1 = stablehlo.dot_general %iterArg, %iterArg_1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
      %2 = stablehlo.iota dim = 0 : tensor<16x16xi32>
      %3 = stablehlo.iota dim = 1 : tensor<16x16xi32>
      %c_3 = stablehlo.constant dense<0> : tensor<i32>
      %4 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<i32>) -> tensor<16x16xi32>
      %5 = stablehlo.add %2, %4 : tensor<16x16xi32>
      %6 = stablehlo.compare EQ, %5, %3, SIGNED : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<16x16xi1>
      %7 = stablehlo.convert %6 : (tensor<16x16xi1>) -> tensor<16x16xf32>
      %8 = stablehlo.subtract %1, %7 : tensor<16x16xf32>
      %9 = stablehlo.abs %8 : tensor<16x16xf32>
      %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
      %10 = stablehlo.reduce(%9 init: %cst) applies stablehlo.maximum across dimensions = [0, 1] : (tensor<16x16xf32>, tensor<f32>) -> tensor<f32>
      %cst_4 = stablehlo.constant dense<5.000000e-02> : tensor<f32>
      %11 = stablehlo.compare GT, %10, %cst_4, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %c_5 = stablehlo.constant dense<40> : tensor<i32>
      %12 = stablehlo.compare LT, %iterArg_2, %c_5, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %c_6 = stablehlo.constant dense<false> : tensor<i1>
      %13 = stablehlo.broadcast_in_dim %c_6, dims = [] : (tensor<i1>) -> tensor<i1>
      %14 = stablehlo.compare NE, %12, %13, UNSIGNED : (tensor<i1>, tensor<i1>) -> tensor<i1>
      %15 = stablehlo.convert %14 : tensor<i1>
      %16 = stablehlo.and %11, %15 : tensor<i1>
      stablehlo.return %16 : tensor<i1>
    } do {
      %cst = stablehlo.constant dense<2.000000e+00> : tensor<f32>
      %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<16x16xf32>
      %2 = stablehlo.multiply %1, %iterArg_1 : tensor<16x16xf32>
      %3 = stablehlo.dot_general %iterArg_0, %iterArg_1, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
      %4 = stablehlo.dot_general %iterArg_1, %3, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
      %5 = stablehlo.subtract %2, %4 : tensor<16x16xf32>
      %c_3 = stablehlo.constant dense<1> : tensor<i32>
      %6 = stablehlo.add %iterArg_2, %c_3 : tensor<i32>
      stablehlo.return %iterArg, %iterArg_0, %5, %6 : tensor<16x16xf32>, tensor<16x16xf32>, tensor<16x16xf32>, tensor<i32>
    }
    return %0#2, %0#3 : tensor<16x16xf32>, tensor<i32>
  }
}
