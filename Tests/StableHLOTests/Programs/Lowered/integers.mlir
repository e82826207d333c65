module @jit_integers attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<10xi32>, %arg1: tensor<10xi32>, %arg2: tensor<10xui32>, %arg3: tensor<10xui32>) -> (tensor<10xi32> {jax.result_info = "result[0]"}, tensor<10xi32> {jax.result_info = "result[1]"}, tensor<10xi32> {jax.result_info = "result[2]"}, tensor<10xi32> {jax.result_info = "result[3]"}, tensor<10xi32> {jax.result_info = "result[4]"}, tensor<10xi32> {jax.result_info = "result[5]"}, tensor<10xi32> {jax.result_info = "result[6]"}, tensor<10xi32> {jax.result_info = "result[7]"}, tensor<10xi32> {jax.result_info = "result[8]"}, tensor<10xi32> {jax.result_info = "result[9]"}, tensor<10xi32> {jax.result_info = "result[10]"}, tensor<10xi32> {jax.result_info = "result[11]"}, tensor<10xi32> {jax.result_info = "result[12]"}, tensor<10xi32> {jax.result_info = "result[13]"}, tensor<10xi32> {jax.result_info = "result[14]"}, tensor<10xi32> {jax.result_info = "result[15]"}, tensor<10xi32> {jax.result_info = "result[16]"}, tensor<10xi32> {jax.result_info = "result[17]"}, tensor<10xi32> {jax.result_info = "result[18]"}, tensor<10xi32> {jax.result_info = "result[19]"}, tensor<10xui32> {jax.result_info = "result[20]"}, tensor<10xui32> {jax.result_info = "result[21]"}, tensor<10xui32> {jax.result_info = "result[22]"}, tensor<10xui32> {jax.result_info = "result[23]"}, tensor<10xui32> {jax.result_info = "result[24]"}, tensor<10xi1> {jax.result_info = "result[25]"}, tensor<10xui32> {jax.result_info = "result[26]"}, tensor<10xi1> {jax.result_info = "result[27]"}, tensor<10xui32> {jax.result_info = "result[28]"}, tensor<10xi32> {jax.result_info = "result[29]"}, tensor<10xi8> {jax.result_info = "result[30]"}, tensor<10xui8> {jax.result_info = "result[31]"}, tensor<10xui32> {jax.result_info = "result[32]"}, tensor<10xi32> {jax.result_info = "result[33]"}, tensor<10xi16> {jax.result_info = "result[34]"}, tensor<10xui16> {jax.result_info = "result[35]"}, tensor<10xf32> {jax.result_info = "result[36]"}, tensor<10xf32> {jax.result_info = "result[37]"}, tensor<10xbf16> {jax.result_info = "result[38]"}, tensor<10xf16> {jax.result_info = "result[39]"}, tensor<10xi1> {jax.result_info = "result[40]"}, tensor<10xui8> {jax.result_info = "result[41]"}, tensor<10xf32> {jax.result_info = "result[42]"}, tensor<10xi16> {jax.result_info = "result[43]"}, tensor<i8> {jax.result_info = "result[44]"}, tensor<i32> {jax.result_info = "result[45]"}, tensor<ui32> {jax.result_info = "result[46]"}, tensor<i32> {jax.result_info = "result[47]"}, tensor<2xui8> {jax.result_info = "result[48]"}, tensor<10xi1> {jax.result_info = "result[49]"}, tensor<10xi32> {jax.result_info = "result[50]"}, tensor<10xi1> {jax.result_info = "result[51]"}, tensor<10xui8> {jax.result_info = "result[52]"}, tensor<10xi32> {jax.result_info = "result[53]"}, tensor<2xi1> {jax.result_info = "result[54]"}) {
    %c = stablehlo.constant dense<[true, false]> : tensor<2xi1>
    %c_0 = stablehlo.constant dense<true> : tensor<2xi1>
    %0 = stablehlo.add %arg0, %arg1 : tensor<10xi32>
    %1 = stablehlo.multiply %arg0, %arg1 : tensor<10xi32>
    %2 = stablehlo.divide %arg0, %arg1 : tensor<10xi32>
    %3 = stablehlo.remainder %arg0, %arg1 : tensor<10xi32>
    %c_1 = stablehlo.constant dense<0> : tensor<i32>
    %4 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %5 = stablehlo.compare EQ, %arg1, %4, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %c_2 = stablehlo.constant dense<1> : tensor<i32>
    %6 = call @_where(%5, %c_2, %arg1) : (tensor<10xi1>, tensor<i32>, tensor<10xi32>) -> tensor<10xi32>
    %7 = call @floor_divide(%arg0, %6) : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
    %c_3 = stablehlo.constant dense<0> : tensor<i32>
    %8 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %9 = stablehlo.compare EQ, %arg1, %8, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %c_4 = stablehlo.constant dense<1> : tensor<i32>
    %10 = call @_where(%9, %c_4, %arg1) : (tensor<10xi1>, tensor<i32>, tensor<10xi32>) -> tensor<10xi32>
    %11 = call @remainder(%arg0, %10) : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
    %12 = stablehlo.shift_left %arg0, %arg1 : tensor<10xi32>
    %13 = stablehlo.shift_right_arithmetic %arg0, %arg1 : tensor<10xi32>
    %14 = stablehlo.shift_right_logical %arg0, %arg1 : tensor<10xi32>
    %15 = stablehlo.popcnt %arg0 : tensor<10xi32>
    %16 = stablehlo.count_leading_zeros %arg0 : tensor<10xi32>
    %17 = stablehlo.and %arg0, %arg1 : tensor<10xi32>
    %18 = stablehlo.or %arg0, %arg1 : tensor<10xi32>
    %19 = stablehlo.xor %arg0, %arg1 : tensor<10xi32>
    %20 = stablehlo.not %arg0 : tensor<10xi32>
    %21 = stablehlo.abs %arg0 : tensor<10xi32>
    %22 = stablehlo.sign %arg0 : tensor<10xi32>
    %23 = stablehlo.negate %arg0 : tensor<10xi32>
    %24 = stablehlo.multiply %arg0, %arg0 : tensor<10xi32>
    %25 = stablehlo.multiply %24, %arg0 : tensor<10xi32>
    %26 = call @gcd(%arg0, %arg1) : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
    %c_5 = stablehlo.constant dense<0> : tensor<ui32>
    %27 = stablehlo.broadcast_in_dim %c_5, dims = [] : (tensor<ui32>) -> tensor<10xui32>
    %28 = stablehlo.compare EQ, %arg3, %27, UNSIGNED : (tensor<10xui32>, tensor<10xui32>) -> tensor<10xi1>
    %c_6 = stablehlo.constant dense<1> : tensor<i32>
    %29 = call @_where_2(%28, %c_6, %arg3) : (tensor<10xi1>, tensor<i32>, tensor<10xui32>) -> tensor<10xui32>
    %30 = call @floor_divide_3(%arg2, %29) : (tensor<10xui32>, tensor<10xui32>) -> tensor<10xui32>
    %31 = stablehlo.remainder %arg2, %arg3 : tensor<10xui32>
    %32 = stablehlo.shift_left %arg2, %arg3 : tensor<10xui32>
    %33 = stablehlo.shift_right_logical %arg2, %arg3 : tensor<10xui32>
    %34 = stablehlo.multiply %arg2, %arg3 : tensor<10xui32>
    %35 = stablehlo.compare GT, %arg2, %arg3, UNSIGNED : (tensor<10xui32>, tensor<10xui32>) -> tensor<10xi1>
    %36 = stablehlo.count_leading_zeros %arg2 : tensor<10xui32>
    %37 = stablehlo.compare GT, %arg0, %arg1, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %38 = stablehlo.maximum %arg2, %arg3 : tensor<10xui32>
    %39 = stablehlo.minimum %arg0, %arg1 : tensor<10xi32>
    %40 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xi8>
    %41 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xui8>
    %42 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xui32>
    %43 = stablehlo.convert %arg2 : (tensor<10xui32>) -> tensor<10xi32>
    %44 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xi16>
    %45 = stablehlo.convert %arg2 : (tensor<10xui32>) -> tensor<10xui16>
    %46 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xf32>
    %47 = stablehlo.convert %arg2 : (tensor<10xui32>) -> tensor<10xf32>
    %48 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xbf16>
    %49 = stablehlo.convert %arg2 : (tensor<10xui32>) -> tensor<10xf16>
    %c_7 = stablehlo.constant dense<0> : tensor<i32>
    %50 = stablehlo.broadcast_in_dim %c_7, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %51 = stablehlo.compare NE, %arg0, %50, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %52 = stablehlo.convert %51 : tensor<10xi1>
    %53 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xf32>
    %cst = stablehlo.constant dense<1.500000e+00> : tensor<f32>
    %54 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<10xf32>
    %55 = stablehlo.multiply %53, %54 : tensor<10xf32>
    %56 = stablehlo.convert %55 : (tensor<10xf32>) -> tensor<10xui8>
    %57 = stablehlo.bitcast_convert %arg2 : (tensor<10xui32>) -> tensor<10xf32>
    %cst_8 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %58 = stablehlo.broadcast_in_dim %cst_8, dims = [] : (tensor<f32>) -> tensor<10xf32>
    %59 = stablehlo.multiply %57, %58 : tensor<10xf32>
    %60 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xi16>
    %61 = stablehlo.convert %arg1 : (tensor<10xi32>) -> tensor<10xi16>
    %62 = stablehlo.multiply %60, %61 : tensor<10xi16>
    %63 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xi8>
    %64 = stablehlo.convert %arg1 : (tensor<10xi32>) -> tensor<10xi8>
    %65 = stablehlo.dot_general %63, %64, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<10xi8>, tensor<10xi8>) -> tensor<i8>
    %66 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<10xi32>, tensor<10xi32>) -> tensor<i32>
    %67 = stablehlo.dot_general %arg2, %arg3, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<10xui32>, tensor<10xui32>) -> tensor<ui32>
    %68 = stablehlo.convert %arg0 : (tensor<10xi32>) -> tensor<10xi8>
    %69 = stablehlo.convert %arg1 : (tensor<10xi32>) -> tensor<10xi8>
    %70 = stablehlo.dot_general %68, %69, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<10xi8>, tensor<10xi8>) -> tensor<i32>
    %c_9 = stablehlo.constant dense<0> : tensor<i32>
    %71 = stablehlo.broadcast_in_dim %c_9, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %72 = stablehlo.compare GT, %arg0, %71, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %73 = call @packbits(%72) : (tensor<10xi1>) -> tensor<2xui8>
    %c_10 = stablehlo.constant dense<0> : tensor<i32>
    %74 = stablehlo.broadcast_in_dim %c_10, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %75 = stablehlo.compare GT, %arg0, %74, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %76 = stablehlo.not %75 : tensor<10xi1>
    %c_11 = stablehlo.constant dense<-5> : tensor<i32>
    %c_12 = stablehlo.constant dense<5> : tensor<i32>
    %77 = call @clip(%arg0, %c_11, %c_12) : (tensor<10xi32>, tensor<i32>, tensor<i32>) -> tensor<10xi32>
    %78 = call @_in1d(%arg0, %arg1) : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %79 = call @bitwise_count(%arg2) : (tensor<10xui32>) -> tensor<10xui8>
    %c_13 = stablehlo.constant dense<2> : tensor<i32>
    %80 = stablehlo.broadcast_in_dim %c_13, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %81 = stablehlo.shift_left %arg0, %80 : tensor<10xi32>
    %82 = stablehlo.or %c, %c_0 : tensor<2xi1>
    return %0, %1, %2, %3, %7, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %25, %26, %30, %31, %32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, %48, %49, %52, %56, %59, %62, %65, %66, %67, %70, %73, %76, %77, %78, %79, %81, %82 : tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xi32>, tensor<10xui32>, tensor<10xui32>, tensor<10xui32>, tensor<10xui32>, tensor<10xui32>, tensor<10xi1>, tensor<10xui32>, tensor<10xi1>, tensor<10xui32>, tensor<10xi32>, tensor<10xi8>, tensor<10xui8>, tensor<10xui32>, tensor<10xi32>, tensor<10xi16>, tensor<10xui16>, tensor<10xf32>, tensor<10xf32>, tensor<10xbf16>, tensor<10xf16>, tensor<10xi1>, tensor<10xui8>, tensor<10xf32>, tensor<10xi16>, tensor<i8>, tensor<i32>, tensor<ui32>, tensor<i32>, tensor<2xui8>, tensor<10xi1>, tensor<10xi32>, tensor<10xi1>, tensor<10xui8>, tensor<10xi32>, tensor<2xi1>
  }
  func.func private @_where(%arg0: tensor<10xi1>, %arg1: tensor<i32>, %arg2: tensor<10xi32>) -> tensor<10xi32> {
    %0 = stablehlo.convert %arg1 : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %2 = stablehlo.select %arg0, %1, %arg2 : tensor<10xi1>, tensor<10xi32>
    return %2 : tensor<10xi32>
  }
  func.func private @floor_divide(%arg0: tensor<10xi32>, %arg1: tensor<10xi32>) -> tensor<10xi32> {
    %0 = stablehlo.divide %arg0, %arg1 : tensor<10xi32>
    %1 = stablehlo.sign %arg0 : tensor<10xi32>
    %2 = stablehlo.sign %arg1 : tensor<10xi32>
    %3 = stablehlo.compare NE, %1, %2, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %4 = stablehlo.remainder %arg0, %arg1 : tensor<10xi32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %5 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %6 = stablehlo.compare NE, %4, %5, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %7 = stablehlo.and %3, %6 : tensor<10xi1>
    %c_0 = stablehlo.constant dense<1> : tensor<i32>
    %8 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %9 = stablehlo.subtract %0, %8 : tensor<10xi32>
    %10 = call @_where_0(%7, %9, %0) : (tensor<10xi1>, tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
    return %10 : tensor<10xi32>
  }
  func.func private @_where_0(%arg0: tensor<10xi1>, %arg1: tensor<10xi32>, %arg2: tensor<10xi32>) -> tensor<10xi32> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<10xi1>, tensor<10xi32>
    return %0 : tensor<10xi32>
  }
  func.func private @remainder(%arg0: tensor<10xi32>, %arg1: tensor<10xi32>) -> tensor<10xi32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %1 = stablehlo.compare EQ, %arg1, %0, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %c_0 = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %3 = call @_where_0(%1, %2, %arg1) : (tensor<10xi1>, tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
    %4 = stablehlo.remainder %arg0, %3 : tensor<10xi32>
    %c_1 = stablehlo.constant dense<0> : tensor<i32>
    %5 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %6 = stablehlo.compare NE, %4, %5, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %7 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %8 = stablehlo.compare LT, %4, %7, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %c_3 = stablehlo.constant dense<0> : tensor<i32>
    %9 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %10 = stablehlo.compare LT, %3, %9, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
    %11 = stablehlo.compare NE, %8, %10, UNSIGNED : (tensor<10xi1>, tensor<10xi1>) -> tensor<10xi1>
    %12 = stablehlo.and %11, %6 : tensor<10xi1>
    %13 = stablehlo.add %4, %3 : tensor<10xi32>
    %14 = stablehlo.select %12, %13, %4 : tensor<10xi1>, tensor<10xi32>
    return %14 : tensor<10xi32>
  }
  func.func private @gcd(%arg0: tensor<10xi32>, %arg1: tensor<10xi32>) -> tensor<10xi32> {
    %0 = stablehlo.abs %arg0 : tensor<10xi32>
    %1 = stablehlo.abs %arg1 : tensor<10xi32>
    %2:2 = stablehlo.while(%iterArg = %0, %iterArg_0 = %1) : tensor<10xi32>, tensor<10xi32>
    cond {
      %c = stablehlo.constant dense<0> : tensor<i32>
      %3 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<10xi32>
      %4 = stablehlo.compare NE, %iterArg_0, %3, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
      %c_1 = stablehlo.constant dense<false> : tensor<i1>
      %5 = stablehlo.reduce(%4 init: %c_1) applies stablehlo.or across dimensions = [0] : (tensor<10xi1>, tensor<i1>) -> tensor<i1>
      stablehlo.return %5 : tensor<i1>
    } do {
      %c = stablehlo.constant dense<0> : tensor<i32>
      %3 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<10xi32>
      %4 = stablehlo.compare NE, %iterArg_0, %3, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
      %5 = func.call @_where_0(%4, %iterArg_0, %iterArg) : (tensor<10xi1>, tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
      %c_1 = stablehlo.constant dense<0> : tensor<i32>
      %6 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<10xi32>
      %7 = stablehlo.compare NE, %iterArg_0, %6, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
      %8 = stablehlo.remainder %iterArg, %iterArg_0 : tensor<10xi32>
      %c_2 = stablehlo.constant dense<0> : tensor<i32>
      %9 = func.call @_where_1(%7, %8, %c_2) : (tensor<10xi1>, tensor<10xi32>, tensor<i32>) -> tensor<10xi32>
      %10 = stablehlo.compare LT, %5, %9, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
      %11 = func.call @_where_0(%10, %9, %5) : (tensor<10xi1>, tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
      %12 = stablehlo.compare LT, %5, %9, SIGNED : (tensor<10xi32>, tensor<10xi32>) -> tensor<10xi1>
      %13 = func.call @_where_0(%12, %5, %9) : (tensor<10xi1>, tensor<10xi32>, tensor<10xi32>) -> tensor<10xi32>
      stablehlo.return %11, %13 : tensor<10xi32>, tensor<10xi32>
    }
    return %2#0 : tensor<10xi32>
  }
  func.func private @_where_1(%arg0: tensor<10xi1>, %arg1: tensor<10xi32>, %arg2: tensor<i32>) -> tensor<10xi32> {
    %0 = stablehlo.broadcast_in_dim %arg2, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %1 = stablehlo.select %arg0, %arg1, %0 : tensor<10xi1>, tensor<10xi32>
    return %1 : tensor<10xi32>
  }
  func.func private @_where_2(%arg0: tensor<10xi1>, %arg1: tensor<i32>, %arg2: tensor<10xui32>) -> tensor<10xui32> {
    %0 = stablehlo.convert %arg1 : (tensor<i32>) -> tensor<ui32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<ui32>) -> tensor<10xui32>
    %2 = stablehlo.select %arg0, %1, %arg2 : tensor<10xi1>, tensor<10xui32>
    return %2 : tensor<10xui32>
  }
  func.func private @floor_divide_3(%arg0: tensor<10xui32>, %arg1: tensor<10xui32>) -> tensor<10xui32> {
    %0 = stablehlo.divide %arg0, %arg1 : tensor<10xui32>
    return %0 : tensor<10xui32>
  }
  func.func private @packbits(%arg0: tensor<10xi1>) -> tensor<2xui8> {
    %c = stablehlo.constant dense<false> : tensor<i1>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i1>) -> tensor<10xi1>
    %1 = stablehlo.compare NE, %arg0, %0, UNSIGNED : (tensor<10xi1>, tensor<10xi1>) -> tensor<10xi1>
    %2 = stablehlo.convert %1 : (tensor<10xi1>) -> tensor<10xui8>
    %3 = stablehlo.iota dim = 0 : tensor<8xui8>
    %4 = stablehlo.reverse %3, dims = [0] : tensor<8xui8>
    %c_0 = stablehlo.constant dense<0> : tensor<ui8>
    %5 = stablehlo.pad %2, %c_0, low = [0], high = [6], interior = [0] : (tensor<10xui8>, tensor<ui8>) -> tensor<16xui8>
    %6 = stablehlo.reshape %5 : (tensor<16xui8>) -> tensor<2x8xui8>
    %7 = stablehlo.broadcast_in_dim %4, dims = [1] : (tensor<8xui8>) -> tensor<1x8xui8>
    %8 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x8xui8>) -> tensor<2x8xui8>
    %9 = stablehlo.shift_left %6, %8 : tensor<2x8xui8>
    %10 = stablehlo.convert %9 : (tensor<2x8xui8>) -> tensor<2x8xui32>
    %c_1 = stablehlo.constant dense<0> : tensor<ui32>
    %11 = stablehlo.reduce(%10 init: %c_1) applies stablehlo.add across dimensions = [1] : (tensor<2x8xui32>, tensor<ui32>) -> tensor<2xui32>
    %12 = stablehlo.convert %11 : (tensor<2xui32>) -> tensor<2xui8>
    return %12 : tensor<2xui8>
  }
  func.func private @clip(%arg0: tensor<10xi32>, %arg1: tensor<i32>, %arg2: tensor<i32>) -> tensor<10xi32> {
    %0 = stablehlo.convert %arg1 : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %2 = stablehlo.maximum %1, %arg0 : tensor<10xi32>
    %3 = stablehlo.convert %arg2 : tensor<i32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [] : (tensor<i32>) -> tensor<10xi32>
    %5 = stablehlo.minimum %4, %2 : tensor<10xi32>
    return %5 : tensor<10xi32>
  }
  func.func private @_in1d(%arg0: tensor<10xi32>, %arg1: tensor<10xi32>) -> tensor<10xi1> {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [0] : (tensor<10xi32>) -> tensor<10x1xi32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<10xi32>) -> tensor<1x10xi32>
    %2 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<10x1xi32>) -> tensor<10x10xi32>
    %3 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<1x10xi32>) -> tensor<10x10xi32>
    %4 = stablehlo.compare EQ, %2, %3, SIGNED : (tensor<10x10xi32>, tensor<10x10xi32>) -> tensor<10x10xi1>
    %c = stablehlo.constant dense<false> : tensor<i1>
    %5 = stablehlo.reduce(%4 init: %c) applies stablehlo.or across dimensions = [1] : (tensor<10x10xi1>, tensor<i1>) -> tensor<10xi1>
    return %5 : tensor<10xi1>
  }
  func.func private @bitwise_count(%arg0: tensor<10xui32>) -> tensor<10xui8> {
    %0 = stablehlo.popcnt %arg0 : tensor<10xui32>
    %1 = stablehlo.convert %0 : (tensor<10xui32>) -> tensor<10xui8>
    return %1 : tensor<10xui8>
  }
}
