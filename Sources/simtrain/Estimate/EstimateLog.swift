internal import DeviceAPI
internal import RunLog
internal import SystolicSim
internal import Units

/// An estimate as a run file: each layer is an executable with its schedule, and a step.
struct EstimateLog {
  let report: EstimateReport
  let request: EstimateRequest

  func write(to path: String, replacing: Bool) throws {
  }
}
