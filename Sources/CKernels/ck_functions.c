// Functions of one element in double precision, rounded once to float. Plain multiplications,
// additions and divisions, so the same bits on all machines.
#include <stdint.h>
#include <string.h>

#include "ck_internal.h"

static const double half_pi = 0x1.921fb54442d18p+0;

// |x| of a finite number or infinity, of subnormal numbers too where the processor takes them for
// zeros.
static double magnitude(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  bits &= 0x7fffffff;
  return bits < 0x800000 ? (double)bits * 0x1p-149 : __builtin_fabs((double)x);
}

float ck_cube_root(float x) {
  const double size = magnitude(x);
  if (!(size > 0) || size == __builtin_inf()) return x;  // zeros, NaN, infinities
  // A third of the exponent, as fdlibm begins; then Halley's steps, which triple the digits.
  uint64_t bits;
  memcpy(&bits, &size, 8);
  bits = (bits / 3) + ((uint64_t)715094163 << 32);
  double t;
  memcpy(&t, &bits, 8);
  for (int step = 0; step < 3; step++) {
    const double cube = t * t * t;
    t = t * ((cube + size + size) / (cube + cube + size));
  }
  return __builtin_copysignf((float)t, x);
}

// atan(r), 0 <= r <= 1.
static double arctangent(double r) {
  // Beyond tan(pi / 8): pi / 4 + atan((r - 1) / (r + 1)).
  const int is_upper = r > 0.41421356237309503;
  const double s = is_upper ? (r - 1) / (r + 1) : r;
  const double square = -s * s;
  double sum = 0;
  for (int k = 35; k >= 3; k -= 2) sum = (sum + 1.0 / k) * square;  // terms up to s^35
  return (s + s * sum) + (is_upper ? half_pi / 2 : 0);
}

float ck_atan2(float y, float x) {
  if (x != x || y != y) return x + y;
  const double across = magnitude(x), up = magnitude(y);
  const double infinity = __builtin_inf();
  double angle;
  if (across == infinity && up == infinity) {
    angle = half_pi / 2;
  } else if (up == 0 || across == infinity) {
    angle = 0;
  } else if (across == 0 || up == infinity) {
    angle = half_pi;
  } else if (up > across) {
    angle = half_pi - arctangent(across / up);
  } else {
    angle = arctangent(up / across);
  }
  if (__builtin_signbit(x)) angle = 2 * half_pi - angle;
  return __builtin_copysignf((float)angle, y);
}

// 2 / pi in binary, 32 bits of it from each byte on; the first words have leading zeros.
static const uint32_t two_over_pi[] = {
  0x000000a2, 0x0000a2f9, 0x00a2f983, 0xa2f9836e, 0xf9836e4e, 0x836e4e44, 0x6e4e4415, 0x4e441529,
  0x441529fc, 0x1529fc27, 0x29fc2757, 0xfc2757d1, 0x2757d1f5, 0x57d1f534, 0xd1f534dd, 0xf534ddc0,
  0x34ddc0db, 0xddc0db62, 0xc0db6295, 0xdb629599, 0x6295993c, 0x95993c43, 0x993c4390, 0x3c439041,
};

// Payne and Hanek, "Radian reduction for trigonometric functions", 1983, for binary32 as in Arm's
// optimized routines: of x * 2 / pi those bits that say the quadrant and the rest.
float ck_circular(float x, int quadrant) {
  if (!(__builtin_fabsf(x) < __builtin_inff())) return __builtin_nanf("");
  uint32_t bits;
  memcpy(&bits, &x, 4);
  const uint32_t *words = two_over_pi + ((bits >> 26) & 15);
  const uint32_t significand = ((bits & 0xffffff) | 0x800000) << ((bits >> 23) & 7);
  uint64_t rest = significand * words[0];
  rest = (uint64_t)significand * words[8] >> 32 | rest << 32;
  rest += (uint64_t)significand * words[4];
  const uint64_t turns = (rest + ((uint64_t)1 << 61)) >> 62;
  rest -= turns << 62;
  double r = (double)(int64_t)rest * (half_pi * 0x1p-62);
  int n = (int)turns;
  if (x < 0) r = -r, n = -n;
  n += quadrant;
  // |r| <= pi / 4: Taylor's terms up to r^17 / 17!.
  const double square = -r * r;
  double sum = 1;
  const int first = n & 1 ? 2 : 3;
  for (int k = first + 14; k >= first; k -= 2) sum = 1 + sum * square / (k * (k - 1));
  const double value = n & 1 ? sum : r * sum;
  return (float)(n & 2 ? -value : value);
}
