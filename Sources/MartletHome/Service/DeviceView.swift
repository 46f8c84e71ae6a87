public import MartletDWN
public import MartletHub

/// A device as it is shown: values alone, taken at one moment.
public struct DeviceView: Sendable {
  /// How its node's connection stands.
  public enum Standing: String, Sendable {
    /// Connected, and heard within 15 s.
    case online
    /// Its adverts are heard, and there is no connection.
    case seen
    /// Nothing was heard for a while.
    case offline
  }

  /// A run that is under way.
  public struct Run: Sendable {
    /// What is run.
    public let sequence: WateringSequence
    /// Its step, from 0.
    public let step: Int
    /// Its valve, 0 for A.
    public let valve: Int
    /// What it does: `Watering`, `Paused` and so on.
    public let state: String
    /// When its valve closes, in milliseconds since 1970; `nil` when that is not known.
    public let until: Int64?
    /// Whether it is paused.
    public let isPaused: Bool
  }

  /// Its node's name for itself.
  public let id: String
  /// What its node announces.
  public let name: String
  /// What people call it.
  public let label: String
  /// What kind it is.
  public let kind: DeviceKind
  /// Where its node is.
  public let address: String
  /// Its node's firmware, or empty.
  public let firmware: String
  /// How its node's connection stands.
  public let standing: Standing
  /// Whether its node has proved who it is.
  public let isProved: Bool
  /// Whether the hub shares a key with it.
  public let isPaired: Bool
  /// Whether it obeys nobody, or another hub, before it is paired with this one.
  public let needsPairing: Bool
  /// What it has said and may be believed.
  public let reading: DeviceReading
  /// What it said last, believed or not, and when, in milliseconds since 1970.
  public let last: (reading: DeviceReading, time: Int64)?
  /// What is run on it.
  public let run: Run?
  /// Whether it was told to close and has not reported it.
  public let isStopping: Bool
  /// Whether it should have long closed.
  public let doesNotClose: Bool
  /// The address of another node that claims its id.
  public let rival: String?
  /// Whether somebody's beacon is here.
  public let presence: Presence.State
  /// How often its stream made no sense, and how often it was connected.
  public let faultCount: Int
  /// How often it was connected.
  public let connectCount: Int
  /// When it was last heard of, in milliseconds since 1970.
  public let lastHeard: Int64

  /// Whether it says that water runs.
  public var isWatering: Bool {
    if case .valves(let mask) = reading { return mask != 0 }
    return false
  }

  /// What people call it, or its kind's name.
  public var title: String {
    if !label.isEmpty { return label }
    switch kind {
    case .irrigation: return "Garden"
    case .light: return "Light"
    case .alarm: return "Alarm"
    case .presence: return "Car"
    case .unknown: return name
    }
  }
}
