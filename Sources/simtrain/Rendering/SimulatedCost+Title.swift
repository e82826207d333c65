internal import DeviceAPI

extension SimulatedCost {
  /// What the steady schedule is called beside its cycles.
  var steadyTitle: String {
    isSteadyExact ? "steady" : "in the last execution tried (steps do not repeat exactly)"
  }
}
