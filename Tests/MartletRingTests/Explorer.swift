/// Visits every state that a system of small steps can reach, in any interleaving.
///
/// `steps` gives the states that may follow one, an empty list at the end of a run; `fault` says
/// what is wrong with a state, given whether it is an end.
struct Explorer<State: Hashable> {
  var steps: (State) -> [State]
  var fault: (_ state: State, _ isEnd: Bool) -> String?

  /// What an exploration saw.
  struct Outcome {
    var states = 0
    var ends = 0
    var fault: String?
  }

  func explore(from start: State) -> Outcome {
    var outcome = Outcome()
    var seen: Set<State> = [start]
    var open = [start]
    while let state = open.popLast() {
      let next = steps(state)
      outcome.states += 1
      outcome.ends += next.isEmpty ? 1 : 0
      if let fault = fault(state, next.isEmpty) {
        outcome.fault = fault
        return outcome
      }
      for state in next where seen.insert(state).inserted { open.append(state) }
    }
    return outcome
  }
}
