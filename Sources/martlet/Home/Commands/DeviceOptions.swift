import ArgumentParser
import MartletHouse

/// What a node is, as an argument.
enum DeviceKindArgument: String, CaseIterable, ExpressibleByArgument {
  case services, irrigation, led, alarm, presence

  /// The same, as a house has it.
  var kind: NodePlan.Kind {
    switch self {
    case .services: .services
    case .irrigation: .irrigation
    case .led: .led
    case .alarm: .alarm
    case .presence: .presence
    }
  }
}

/// Whom a device obeys, as an argument.
enum AuthenticationArgument: String, CaseIterable, ExpressibleByArgument {
  case none, required
}

/// The options that only a device of a home has.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Whom it obeys: the hub it is paired with (required), or anyone (none).",
      valueName: "whom"))
  var auth: AuthenticationArgument = .required

  @Flag(help: "Open a pairing window of 10 minutes at the start.")
  var pair = false

  @Flag(help: "Show the front panel. In a terminal 'p' opens a pairing window; 1 and 2 are inputs.")
  var panel = false

  @Option(
    help: ArgumentHelp(
      "Write each change of an output there, as time,pin,level.", valueName: "file"))
  var trace: String?

  @Option(
    help: ArgumentHelp(
      "Where it keeps its key (default: $XDG_STATE_HOME/martlet/node-NAME).",
      valueName: "folder"))
  var state: String?

  /// An option that was given; `nil` when none was.
  var firstGiven: String? {
    if auth == .none { return "--auth" }
    if pair { return "--pair" }
    if panel { return "--panel" }
    if trace != nil { return "--trace" }
    return state == nil ? nil : "--state"
  }
}
