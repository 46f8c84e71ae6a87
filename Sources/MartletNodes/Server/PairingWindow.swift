internal import MartletDWN
internal import MartletDevice

/// The time in which a node may be paired with another hub, and the key of the code that it shows.
struct PairingWindow {
  let key: PairingKey
  let end: Instant
}
