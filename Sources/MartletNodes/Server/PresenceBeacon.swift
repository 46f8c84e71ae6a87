public import MartletDWN

/// A node that has nothing to say but that it is here: what a car carries.
public struct PresenceBeacon: NodeDevice {
  /// Makes a beacon.
  public init() {}

  /// That it is here is what it has to say.
  public var capabilities: NodeCapabilities { .presence }
}
