#ifndef SIMTRAIN_CK_VECTOR_H
#define SIMTRAIN_CK_VECTOR_H

#include <stddef.h>
#include <stdint.h>

/// What an instruction computes, element by element, from its operands a, b, c, d, e.
///
/// Every operation written here (+, *, /, sqrt) rounds once to nearest even: nothing is contracted,
/// so a program gives the same bits however it is cut into instructions. Masks are exactly 1 or 0.
/// NaN in, NaN out; the payload of a NaN is not defined. exp, log, tanh and the other functions are
/// this library's own, within 2 ulp over all floats, with the same bits on all levels; what each is
/// off by stands beside it in `functions.inc`.
enum {
#define CK_ELEMENTWISE(opcode, expression) opcode,
#include "../elementwise.inc"
#undef CK_ELEMENTWISE

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
