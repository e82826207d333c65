module @jit_bit_tricks attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<6xui32>, %arg1: tensor<4x3xui32>) -> (tensor<6xui32> {jax.result_info = "result[0]"}, tensor<4x3x4xui8> {jax.result_info = "result[1]"}, tensor<4x3xf32> {jax.result_info = "result[2]"}, tensor<6xf32> {jax.result_info = "result[3]"}, tensor<3xui32> {jax.result_info = "result[4]"}, tensor<96xui8> {jax.result_info = "result[5]"}, tensor<6xui32> {jax.result_info = "result[6]"}, tensor<ui32> {jax.result_info = "result[7]"}, tensor<3xui32> {jax.result_info = "result[8]"}, tensor<6xui32> {jax.result_info = "result[9]"}, tensor<6xui32> {jax.result_info = "result[10]"}, tensor<6xf32> {jax.result_info = "result[11]"}) {
    %c = stablehlo.constant dense<16> : tensor<ui32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %1 = stablehlo.shift_right_logical %arg0, %0 : tensor<6xui32>
    %2 = stablehlo.xor %arg0, %1 : tensor<6xui32>
    %c_0 = stablehlo.constant dense<2246822507> : tensor<ui32>
    %3 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %4 = stablehlo.multiply %2, %3 : tensor<6xui32>
    %c_1 = stablehlo.constant dense<16> : tensor<ui32>
    %5 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %6 = stablehlo.shift_right_logical %4, %5 : tensor<6xui32>
    %7 = stablehlo.xor %4, %6 : tensor<6xui32>
    %c_2 = stablehlo.constant dense<3266489909> : tensor<ui32>
    %8 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %9 = stablehlo.multiply %7, %8 : tensor<6xui32>
    %10 = stablehlo.bitcast_convert %arg1 : (tensor<4x3xui32>) -> tensor<4x3x4xui8>
    %11 = stablehlo.bitcast_convert %arg1 : (tensor<4x3xui32>) -> tensor<4x3x4xui8>
    %12 = stablehlo.bitcast_convert %11 : (tensor<4x3x4xui8>) -> tensor<4x3xf32>
    %c_3 = stablehlo.constant dense<9> : tensor<ui32>
    %13 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %14 = stablehlo.shift_right_logical %arg0, %13 : tensor<6xui32>
    %c_4 = stablehlo.constant dense<1065353216> : tensor<ui32>
    %15 = stablehlo.broadcast_in_dim %c_4, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %16 = stablehlo.or %14, %15 : tensor<6xui32>
    %17 = stablehlo.bitcast_convert %16 : (tensor<6xui32>) -> tensor<6xf32>
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %18 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<6xf32>
    %19 = stablehlo.subtract %17, %18 : tensor<6xf32>
    %c_5 = stablehlo.constant dense<0> : tensor<ui32>
    %20 = stablehlo.reduce(%arg1 init: %c_5) applies stablehlo.xor across dimensions = [0] : (tensor<4x3xui32>, tensor<ui32>) -> tensor<3xui32>
    %21 = stablehlo.bitcast_convert %arg1 : (tensor<4x3xui32>) -> tensor<4x3x4xui8>
    %22 = stablehlo.reshape %21 : (tensor<4x3x4xui8>) -> tensor<4x12xui8>
    %23 = stablehlo.slice %22 [0:1, 0:12] : (tensor<4x12xui8>) -> tensor<1x12xui8>
    %24 = stablehlo.reshape %23 : (tensor<1x12xui8>) -> tensor<12xui8>
    %25 = call @unpackbits(%24) : (tensor<12xui8>) -> tensor<96xui8>
    %26 = call @_flip(%arg0) : (tensor<6xui32>) -> tensor<6xui32>
    %27 = stablehlo.xor %26, %arg0 : tensor<6xui32>
    %c_6 = stablehlo.constant dense<0> : tensor<ui32>
    %28 = stablehlo.reduce(%arg0 init: %c_6) applies stablehlo.add across dimensions = [0] : (tensor<6xui32>, tensor<ui32>) -> tensor<ui32>
    %c_7 = stablehlo.constant dense<0> : tensor<ui32>
    %29 = stablehlo.reduce(%arg1 init: %c_7) applies stablehlo.maximum across dimensions = [0] : (tensor<4x3xui32>, tensor<ui32>) -> tensor<3xui32>
    %30 = call @sort(%arg0) : (tensor<6xui32>) -> tensor<6xui32>
    %c_8 = stablehlo.constant dense<10> : tensor<i32>
    %31 = call @remainder(%arg0, %c_8) : (tensor<6xui32>, tensor<i32>) -> tensor<6xui32>
    %32 = stablehlo.convert %arg0 : (tensor<6xui32>) -> tensor<6xf32>
    %cst_9 = stablehlo.constant dense<7.000000e+00> : tensor<f32>
    %33 = stablehlo.broadcast_in_dim %cst_9, dims = [] : (tensor<f32>) -> tensor<6xf32>
    %34 = stablehlo.divide %32, %33 : tensor<6xf32>
    return %9, %10, %12, %19, %20, %25, %27, %28, %29, %30, %31, %34 : tensor<6xui32>, tensor<4x3x4xui8>, tensor<4x3xf32>, tensor<6xf32>, tensor<3xui32>, tensor<96xui8>, tensor<6xui32>, tensor<ui32>, tensor<3xui32>, tensor<6xui32>, tensor<6xui32>, tensor<6xf32>
  }
  func.func private @unpackbits(%arg0: tensor<12xui8>) -> tensor<96xui8> {
    %0 = stablehlo.iota dim = 0 : tensor<8xui8>
    %c = stablehlo.constant dense<1> : tensor<ui8>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<ui8>) -> tensor<8xui8>
    %2 = stablehlo.shift_left %1, %0 : tensor<8xui8>
    %3 = stablehlo.reverse %2, dims = [0] : tensor<8xui8>
    %4 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<12xui8>) -> tensor<12x1xui8>
    %5 = stablehlo.broadcast_in_dim %3, dims = [1] : (tensor<8xui8>) -> tensor<1x8xui8>
    %6 = stablehlo.broadcast_in_dim %4, dims = [0, 1] : (tensor<12x1xui8>) -> tensor<12x8xui8>
    %7 = stablehlo.broadcast_in_dim %5, dims = [0, 1] : (tensor<1x8xui8>) -> tensor<12x8xui8>
    %8 = stablehlo.and %6, %7 : tensor<12x8xui8>
    %c_0 = stablehlo.constant dense<0> : tensor<ui8>
    %9 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<ui8>) -> tensor<12x8xui8>
    %10 = stablehlo.compare GT, %8, %9, UNSIGNED : (tensor<12x8xui8>, tensor<12x8xui8>) -> tensor<12x8xi1>
    %11 = stablehlo.convert %10 : (tensor<12x8xi1>) -> tensor<12x8xui8>
    %12 = stablehlo.reshape %11 : (tensor<12x8xui8>) -> tensor<96xui8>
    return %12 : tensor<96xui8>
  }
  func.func private @_flip(%arg0: tensor<6xui32>) -> tensor<6xui32> {
    %0 = stablehlo.reverse %arg0, dims = [0] : tensor<6xui32>
    return %0 : tensor<6xui32>
  }
  func.func private @sort(%arg0: tensor<6xui32>) -> tensor<6xui32> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%arg1: tensor<ui32>, %arg2: tensor<ui32>):
      %1 = stablehlo.compare LT, %arg1, %arg2, UNSIGNED : (tensor<ui32>, tensor<ui32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    }) : (tensor<6xui32>) -> tensor<6xui32>
    return %0 : tensor<6xui32>
  }
  func.func private @remainder(%arg0: tensor<6xui32>, %arg1: tensor<i32>) -> tensor<6xui32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<ui32>
    %c = stablehlo.constant dense<0> : tensor<ui32>
    %1 = stablehlo.compare EQ, %0, %c, UNSIGNED : (tensor<ui32>, tensor<ui32>) -> tensor<i1>
    %c_0 = stablehlo.constant dense<1> : tensor<ui32>
    %2 = call @_where(%1, %c_0, %0) : (tensor<i1>, tensor<ui32>, tensor<ui32>) -> tensor<ui32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %4 = stablehlo.remainder %arg0, %3 : tensor<6xui32>
    %c_1 = stablehlo.constant dense<0> : tensor<ui32>
    %5 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %6 = stablehlo.compare NE, %4, %5, UNSIGNED : (tensor<6xui32>, tensor<6xui32>) -> tensor<6xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<ui32>
    %7 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %8 = stablehlo.compare LT, %4, %7, UNSIGNED : (tensor<6xui32>, tensor<6xui32>) -> tensor<6xi1>
    %c_3 = stablehlo.constant dense<0> : tensor<ui32>
    %9 = stablehlo.compare LT, %2, %c_3, UNSIGNED : (tensor<ui32>, tensor<ui32>) -> tensor<i1>
    %10 = stablehlo.broadcast_in_dim %9, dims = [] : (tensor<i1>) -> tensor<6xi1>
    %11 = stablehlo.compare NE, %8, %10, UNSIGNED : (tensor<6xi1>, tensor<6xi1>) -> tensor<6xi1>
    %12 = stablehlo.and %11, %6 : tensor<6xi1>
    %13 = stablehlo.broadcast_in_dim %2, dims = [] : (tensor<ui32>) -> tensor<6xui32>
    %14 = stablehlo.add %4, %13 : tensor<6xui32>
    %15 = stablehlo.select %12, %14, %4 : tensor<6xi1>, tensor<6xui32>
    return %15 : tensor<6xui32>
  }
  func.func private @_where(%arg0: tensor<i1>, %arg1: tensor<ui32>, %arg2: tensor<ui32>) -> tensor<ui32> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<i1>, tensor<ui32>
    return %0 : tensor<ui32>
  }
}
