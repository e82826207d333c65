/// A published simulator whose accounting of the array is taken over, its errors included, so that
/// the two can be compared figure by figure. The golden model follows none of them.
package enum Compatibility: String, CaseIterable, Codable, Sendable {
  /// SCALE-Sim 3: folds whose results stay in the array pay no drain.
  ///
  /// - Validity: not causal. Results are written before their last operands have arrived; a machine
  ///   pays `rows` cycles more a fold.
  case scalesim
}
