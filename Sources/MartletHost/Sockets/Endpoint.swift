// Whoever imports `MartletHost` names endpoints without importing the stack, and whoever imports
// both means the same ones.
@_exported public import struct MartletStack.Endpoint
