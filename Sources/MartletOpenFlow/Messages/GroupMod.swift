internal import MartletFlow

/// A group-mod, and the buckets in it (OpenFlow 1.3, 7.3.4.2).
struct GroupMod {
  enum Command: UInt16 { case add = 0, modify, delete }

  var command: Command
  var id: UInt32
  var group: Group

  init(reading message: OpenFlowMessage) throws(OpenFlowError) {
    var reader = message.body
    guard let command = Command(rawValue: try reader.read(UInt16.self)) else {
      throw .badGroupCommand
    }
    let type = try reader.read(UInt8.self)
    try reader.skip(1)
    self.command = command
    id = try reader.read(UInt32.self)
    guard let kind = Group.Kind(rawValue: type) else { throw .badGroupType }
    guard id < 0xffff_ff00 || command == .delete && id == 0xffff_fffc else { throw .invalidGroup }
    var buckets: [Group.Bucket] = []
    while !reader.isAtEnd {
      let length = Int(try reader.read(UInt16.self, or: .badBucket))
      guard length >= 16, length % 8 == 0 else { throw .badBucket }
      var body = try reader.take(length - 2, or: .badBucket)
      let weight = try body.read(UInt16.self)
      let port = PortNumber(try body.read(UInt32.self))
      let watched = try body.read(UInt32.self)
      try body.skip(4)
      var bucket = Group.Bucket(actions: try ActionCodec(.v13).decode(&body))
      bucket.weight = weight
      bucket.watchedPort = port
      bucket.watchedGroup = watched == 0xffff_ffff ? nil : watched
      buckets.append(bucket)
      guard buckets.count <= 1024 else { throw .badBucket }
    }
    group = Group(id: id, kind: kind, buckets: buckets)
  }

  static func encode(_ bucket: Group.Bucket, into writer: inout ByteWriter) {
    let start = writer.count
    writer.append(UInt16(0))
    writer.append(bucket.weight)
    writer.append(bucket.watchedPort.rawValue)
    writer.append(bucket.watchedGroup ?? 0xffff_ffff)
    writer.zeros(4)
    ActionCodec(.v13).encode(bucket.actions, into: &writer)
    writer.setLength(at: start, since: start)
  }
}
