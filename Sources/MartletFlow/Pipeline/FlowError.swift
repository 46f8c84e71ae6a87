/// Why a change of tables, groups or meters was refused. Each has its counterpart among OpenFlow's errors.
public enum FlowError: Error, Equatable, Sendable {
  /// There is no such table.
  case badTable
  /// The table, or all of them, is full.
  case tableFull
  /// A flow of the same priority could match the same frame.
  case overlap
  /// An action names a port that cannot be.
  case badOutPort
  /// An action names a group that is not there.
  case badGroup
  /// An action names a meter that is not there.
  case badMeter
  /// A field is set to a value that it cannot have, or that this frame has not.
  case badSetField(Field)
  /// Lists are nested too deep, or there are too many actions.
  case tooManyActions
  /// The instructions are not in their order.
  case unsupportedOrder
  /// `goto_table` goes back, or nowhere.
  case badGoto
  /// The switch does not have this action.
  case unsupportedAction
  /// The group is there already.
  case groupExists
  /// There is no such group.
  case unknownGroup
  /// There are as many groups as can be.
  case outOfGroups
  /// Groups lead back to themselves.
  case groupLoop
  /// A group of this kind cannot have these buckets.
  case badBuckets
  /// The meter is there already.
  case meterExists
  /// There is no such meter.
  case unknownMeter
  /// There are as many meters as can be.
  case outOfMeters
  /// The port is there already, or has an impossible number.
  case badPort
}
