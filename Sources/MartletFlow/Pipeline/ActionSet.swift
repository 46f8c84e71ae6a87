/// The order in which actions that were written down are done (OpenFlow 1.3, 5.10).
enum ActionSet {
  /// The actions in their order: of each kind the last that was written; with a group no output.
  static func ordered(_ actions: [Action]) -> [Action] {
    var chosen: [(rank: Int, place: Int, action: Action)] = []
    for (place, action) in actions.enumerated() {
      let rank = rank(of: action)
      // Fields are set each for itself; every other kind has one place.
      if rank != fieldRank { chosen.removeAll { $0.rank == rank } }
      chosen.append((rank, place, action))
    }
    if chosen.contains(where: { $0.rank == groupRank }) {
      chosen.removeAll { $0.rank == outputRank }
    }
    chosen.sort { ($0.rank, $0.place) < ($1.rank, $1.place) }
    return chosen.map { $0.action }
  }

  private static var fieldRank: Int { 6 }
  private static var groupRank: Int { 8 }
  private static var outputRank: Int { 9 }

  private static func rank(of action: Action) -> Int {
    switch action {
    case .popVLAN: 1
    case .popMPLS: 2
    case .pushMPLS: 3
    case .pushVLAN: 4
    case .decrementTTL, .decrementMPLSTTL: 5
    case .setQueue, .popQueue: 7
    case .group: groupRank
    case .output, .outputRegister, .controller, .enqueue, .resubmit: outputRank
    default: fieldRank
    }
  }
}
