#ifndef SIMTRAIN_CK_VECTOR_H
#define SIMTRAIN_CK_VECTOR_H

#include <stddef.h>
#include <stdint.h>

/// What an instruction computes, element by element, from its operands a, b, c, d, e.
///
/// Every operation written here (+, *, /, sqrt) rounds once to nearest even: nothing is contracted,
/// so a program gives the same bits however it is cut into instructions. Masks are exactly 1 or 0.
/// NaN in, NaN out; the payload of a NaN is not defined. exp, log, tanh, logistic are this
/// library's own, within 0.94, 0.83, 1.38 and 1.97 ulp over all floats, with the same bits on all
/// levels.
enum {
  CK_COPY,      ///< a; a splat when a is a scalar
  CK_ADD,       ///< a + b
  CK_SUBTRACT,  ///< a - b
  CK_MULTIPLY,  ///< a * b
  CK_DIVIDE,    ///< a / b
  CK_MAXIMUM,   ///< the greater; +0 above -0; NaN if either is NaN
  CK_MINIMUM,   ///< the lesser; -0 below +0; NaN if either is NaN
  CK_POWER,     ///< a to the power b, as IEEE 754 pow, within 1 ulp; one element at a time, slow
  CK_NEGATE,
  CK_ABSOLUTE,
  CK_SIGN,  ///< -1, 1, or a itself where it is a zero or NaN
  CK_FLOOR,
  CK_ROUND_NEAREST_EVEN,  ///< to an integer; ties to the even one; a zero keeps the sign of a
  CK_SQUARE_ROOT,
  CK_RECIPROCAL_SQUARE_ROOT,  ///< 1 / sqrt(a), two roundings
  CK_EXPONENTIAL,
  CK_LOGARITHM,
  CK_TANH,
  CK_LOGISTIC,  ///< 1 / (1 + exp(-a))
  CK_EQUAL,     ///< mask; a NaN is equal to nothing
  CK_NOT_EQUAL,
  CK_LESS,
  CK_LESS_OR_EQUAL,
  CK_GREATER,
  CK_GREATER_OR_EQUAL,
  CK_AND,     ///< of masks
  CK_OR,      ///< of masks
  CK_XOR,     ///< of masks
  CK_NOT,     ///< of a mask
  CK_SELECT,  ///< b where the mask a is not 0, else c
  CK_ROUND_BF16,  ///< to bfloat16, to nearest even, as a float; works on bits: denormals are kept
  CK_ROUND_F16,   ///< to IEEE half precision, to nearest even, as a float
  /// a to bfloat16, away from zero if the part that is cut off plus the low 16 bits of the word b
  /// overflow 16 bits; infinities and NaNs stay. b must be a block.
  CK_STOCHASTIC_BF16,
  CK_TO_I8,  ///< toward zero, clamped to -128...127, as a float; NaN gives 0

  // Several operations in one pass over memory, each still rounded by itself.
  CK_RELU,               ///< max(a, 0)
  CK_MULTIPLY_ADD,       ///< a * b + c
  CK_SUM_OF_PRODUCTS,    ///< a * b + c * d
  CK_PRODUCT_PLUS_SCALED_SQUARE,  ///< a * b + c * (d * d)
  CK_SCALED_SQUARE_ROOT_PLUS,     ///< sqrt(a) * b + c
  CK_SUBTRACT_SCALED_QUOTIENT,    ///< a - b * (c / d)
  CK_SUBTRACT_QUOTIENT_BY_ROOT,   ///< a - b * (c / (sqrt(d) * e + imm1))
  CK_SELECT_GREATER,              ///< c where a > b, else d
  CK_ROUND_CLAMP,                 ///< min(max(round to nearest even of a, b), c); NaN stays

  // From and to other element types: register a (or dst) holds that type.
  CK_LOAD_U8,
  CK_LOAD_I8,
  CK_LOAD_I32,  ///< to nearest even
  CK_LOAD_BF16,
  CK_LOAD_F16,
  CK_STORE_U8,   ///< toward zero; clamped to 0...255; NaN gives 0
  CK_STORE_I8,   ///< toward zero; clamped to -128...127; NaN gives 0
  CK_STORE_I32,  ///< toward zero; clamped to the type's range; NaN gives 0
  CK_STORE_BF16,
  CK_STORE_F16,

  CK_OPCODE_COUNT
};

/// Where an operand comes from.
enum {
  CK_BLOCK = 0,       ///< a register: n elements
  CK_SCALAR = 1,      ///< a register's first element, for all n
  CK_IMMEDIATE_0 = 2, ///< imm0
  CK_IMMEDIATE_1 = 3, ///< imm1
};

/// `kinds` of an instruction whose operands come from these places.
#define CK_KINDS(a, b, c, d) ((a) | (b) << 2 | (c) << 4 | (d) << 6)
/// The same with a fifth operand.
#define CK_KINDS_5(a, b, c, d, e) (CK_KINDS(a, b, c, d) | (e) << 8)

/// One instruction: registers[dst] = code(a, b, c, d, e). dst may be the same register as an operand,
/// or the same memory; it must not overlap one otherwise.
typedef struct {
  uint16_t code;
  uint16_t kinds;
  uint16_t dst, a, b, c, d, e;
  float imm0, imm1;
} ck_op;

/// Floats of a temporary.
#define CK_TILE 64

/// Runs `count` instructions, in order, on n elements, CK_TILE of them at a time: all instructions for
/// the first of them, then for the next. A register is the address of n floats, or of n elements of
/// the type that a load or store names; from `first_temporary` on, of CK_TILE floats that hold what
/// is used for the same elements only. Runs in the caller's floating-point mode: see
/// `ck_enter_flush_to_zero`.
void ck_run_block(
    const ck_op *program, int count, void *const *registers, size_t first_temporary, size_t n);

/// Random words of Threefry-2x32-20 (Salmon et al., SC 2011). Of `count` words, the block with counter
/// (j, stream) gives words j and half + j, where half = (count + 1) / 2. Computes the blocks
/// [first, end) and nothing else. The bits depend on nothing else: not on level or range.
void ck_random_bits(
    const uint32_t key[2], uint32_t stream, size_t first, size_t end, size_t count, uint32_t *out);

#endif
