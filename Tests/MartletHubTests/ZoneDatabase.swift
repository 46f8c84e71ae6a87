import Glibc
import MartletHub

/// The system's time zones, and what Python's `zoneinfo` says of them.
enum ZoneDatabase {
  static func bytes(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    return unsafe read(file)
  }

  private static func read(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func zone(_ name: String) throws -> LocalTimeZone {
    guard let bytes = bytes("/usr/share/zoneinfo/\(name)") else { throw TimeZoneError.truncated }
    return try LocalTimeZone(tzif: bytes)
  }

  /// The lines that a Python program prints.
  static func python(_ program: String) -> [Substring] {
    guard let pipe = unsafe popen("python3 - <<'END'\n\(program)\nEND\n", "r") else { return [] }
    defer { unsafe pclose(pipe) }
    return String(decoding: unsafe read(pipe), as: UTF8.self).split(separator: "\n")
  }

  /// Every zone that differs from the others, with each change from 2000 to 2037: when it is, and
  /// the offsets before and after. Python looks at each week and then closer.
  static let changes: [(name: String, changes: [(instant: Int64, before: Int, after: Int)])] = {
    let lines = python(
      """
      import zoneinfo, datetime as d, hashlib, pathlib
      start = int(d.datetime(2000, 1, 1, tzinfo=d.timezone.utc).timestamp())
      end = int(d.datetime(2038, 1, 1, tzinfo=d.timezone.utc).timestamp())
      epoch = d.datetime(1970, 1, 1, tzinfo=d.timezone.utc)
      seen = set()
      for name in sorted(zoneinfo.available_timezones()):
          path = pathlib.Path('/usr/share/zoneinfo') / name
          if not path.exists(): continue
          key = hashlib.sha256(path.read_bytes()).hexdigest()
          if key in seen: continue
          seen.add(key)
          zone = zoneinfo.ZoneInfo(name)
          def offset(t):
              u = (epoch + d.timedelta(seconds=t)).astimezone(zone).utcoffset()
              return round(u.total_seconds())
          out, last = [], offset(start)
          for t in range(start + 7 * 86400, end + 1, 7 * 86400):
              now = offset(t)
              if now != last:
                  low, high = t - 7 * 86400, t
                  while high - low > 1:
                      middle = (low + high) // 2
                      if offset(middle) == last: low = middle
                      else: high = middle
                  out.append(f'{high}:{last}:{now}')
              last = now
          print(name, offset(start), *out)
      """)
    return lines.map { line in
      let words = line.split(separator: " ")
      let changes = words.dropFirst(2).map { word in
        let numbers = word.split(separator: ":").map { Int64($0) ?? 0 }
        return (numbers[0], Int(numbers[1]), Int(numbers[2]))
      }
      return (String(words[0]), changes)
    }
  }()
}
