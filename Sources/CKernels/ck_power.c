// pow in double precision: log2 to about 50 bits, times the exponent, then exp2, rounded once to
// float. Plain multiplications and additions, so the same bits on all machines.
#include <stdint.h>
#include <string.h>

#include "ck_internal.h"

// log2(x) of a positive normal double.
static double log2_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  // x = 2^e m, m in [sqrt(1/2), sqrt(2)).
  const uint64_t offset = bits - 0x3fe6a09e667f3bcd;
  const int e = (int)((int64_t)offset >> 52);
  bits = (offset & 0xfffffffffffff) + 0x3fe6a09e667f3bcd;
  double m;
  memcpy(&m, &bits, 8);
  // log(m) = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.172: terms up to s^21.
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int k = 21; k >= 3; k -= 2) sum = (sum + 1.0 / k) * square;
  return e + (s + s * sum) * (2 * 1.4426950408889634);
}

// 2^x for |x| <= 1000.
static double exp2_of(double x) {
  const double shift = 0x1.8p52;
  const double shifted = x + shift, n = shifted - shift;
  const double r = (x - n) * 0.6931471805599453;  // |r| <= 0.347: terms up to r^13 / 13!
  double sum = 1;
  for (int k = 13; k >= 1; k--) sum = 1 + sum * r * (1.0 / k);
  const uint64_t bits = (uint64_t)((int64_t)n + 1023) << 52;
  double scale;
  memcpy(&scale, &bits, 8);
  return sum * scale;
}

static int is_integer(float y) { return y == __builtin_floorf(y); }
static int is_odd(float y) {
  return __builtin_fabsf(y) < 0x1p24f && ((int32_t)y & 1) != 0 && is_integer(y);
}

float ck_power(float x, float y) {
  const float infinity = __builtin_inff();
  if (x == 1 || y == 0) return 1;
  if (x != x || y != y) return x + y;
  const float size = __builtin_fabsf(x);
  if (size == 1 && __builtin_fabsf(y) == infinity) return 1;
  if (x < 0 && size != infinity && __builtin_fabsf(y) != infinity && !is_integer(y)) {
    return __builtin_nanf("");
  }
  const float sign = __builtin_copysignf(1, x) < 0 && is_odd(y) ? -1 : 1;
  if (size == 0 || size == infinity) return (size == 0) == (y < 0) ? sign * infinity : sign * 0;
  if (__builtin_fabsf(y) == infinity) return (size > 1) == (y > 0) ? infinity : 0;
  double exponent = log2_of(size) * (double)y;
  if (exponent > 200) exponent = 200;
  if (exponent < -200) exponent = -200;
  return sign * (float)exp2_of(exponent);
}
