#ifndef SIMTRAIN_CK_WINDOW_H
#define SIMTRAIN_CK_WINDOW_H

#include <stddef.h>
#include <stdint.h>

/// Windows over one image: at each position `taps` places, each a row of `features` floats.
typedef struct {
  size_t positions, taps, features;
  /// [positions, taps]: element offset of a place's first feature, or -1 for a place outside.
  const int32_t *offsets;
  /// No place lies in two windows.
  int are_disjoint;
  /// Every element lies in a window.
  int cover_all;
} ck_windows;

/// out[p, f] = sum over the places of window p, in order, from +0.
void ck_window_sum(const ck_windows *windows, const float *in, float *out);

/// out[p, f] = the greatest element, -infinity if there is none; +0 above -0; NaN if one is NaN.
void ck_window_max(const ck_windows *windows, const float *in, float *out);

/// Fills `out`, of the layout of `in` and `count` floats, with `start`, then adds source[p, f] where window p has its greatest element: the
/// first that is not less than (`>=`) each later one. A window without places is left out.
void ck_window_scatter(
    const ck_windows *windows, const float *in, const float *source, float start, float *out,
    size_t count);

#endif
