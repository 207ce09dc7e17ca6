@_exported import UniformTypeIdentifiers

public protocol TransferRepresentation<Item>: Sendable {
  associatedtype Item: Transferable
}
public protocol Transferable {
  associatedtype Representation: TransferRepresentation
  static var transferRepresentation: Representation { get }
}
public struct DataRepresentation<Item: Transferable>: TransferRepresentation {
  public init(importedContentType: UTType, importing: @escaping @Sendable (Data) async throws -> Item) { fatalError() }
}
