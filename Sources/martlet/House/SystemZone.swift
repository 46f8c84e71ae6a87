// Says `unsafe`: it reads the environment.

import Glibc
import MartletHub

/// The clock of this machine's place.
enum SystemZone {
  /// The zone that `TZ` names, else the system's, else Greenwich.
  static var place: Place { Place(zone: zone) }

  private static var zone: LocalTimeZone {
    var paths = ["/etc/localtime"]
    if let value = unsafe getenv("TZ") {
      let name = unsafe String(cString: value).drop { $0 == ":" }
      if !name.isEmpty, !name.contains("..") {
        paths.insert(name.hasPrefix("/") ? String(name) : "/usr/share/zoneinfo/\(name)", at: 0)
      }
    }
    for path in paths {
      guard let file = try? InputFile(path) else { continue }
      var bytes: [UInt8] = []
      while bytes.count < 1 << 20, let more = try? file.read() { bytes += more }
      if let zone = try? LocalTimeZone(tzif: bytes) { return zone }
    }
    return .utc
  }
}
