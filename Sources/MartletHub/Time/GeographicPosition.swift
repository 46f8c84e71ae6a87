internal import Glibc

/// Where a house stands, for the sun.
public struct GeographicPosition: Equatable, Sendable {
  /// Degrees north, -90 to 90.
  public let latitude: Double
  /// Degrees east, -180 to 180.
  public let longitude: Double

  /// Takes degrees; `nil` for what is not on the globe.
  public init?(latitude: Double, longitude: Double) {
    guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
    self.latitude = latitude
    self.longitude = longitude
  }

  /// Sunrise and sunset of a day there, to about a minute, in seconds since 1970, UTC; `nil` when
  /// the sun stays up or down all day.
  ///
  /// The equations are those of the "sunrise equation" with Meeus' low-precision sun.
  public func sun(on date: CivilDate) -> (rise: Int64, set: Int64)? {
    func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
    // Days since noon of 1 January 2000, at this place's mean noon.
    let day = Double(date.number) - 10_957 - longitude / 360
    let anomaly = (357.5291 + 0.98560028 * day).truncatingRemainder(dividingBy: 360)
    let m = radians(anomaly)
    let center = 1.9148 * sin(m) + 0.0200 * sin(2 * m) + 0.0003 * sin(3 * m)
    let longitude = radians(anomaly + center + 180 + 102.9372)
    let transit = day + 0.0053 * sin(m) - 0.0069 * sin(2 * longitude)
    let declination = asin(sin(longitude) * sin(radians(23.4397)))
    // The sun's edge, and the air that lifts it: 50 minutes of arc.
    let cosine =
      (sin(radians(-0.833)) - sin(radians(latitude)) * sin(declination))
      / (cos(radians(latitude)) * cos(declination))
    guard cosine.isFinite, abs(cosine) <= 1 else { return nil }
    let half = acos(cosine) / (2 * .pi)
    func instant(_ day: Double) -> Int64 { Int64(((day + 10_957.5) * 86_400).rounded()) }
    return (instant(transit - half), instant(transit + half))
  }
}
