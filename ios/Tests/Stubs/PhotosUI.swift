@_exported import SwiftUI

public struct PhotosPickerItem: Equatable, Hashable, Sendable {
  public func loadTransferable<T: Transferable>(type: T.Type) async throws -> T? { fatalError() }
}
public struct PHPickerFilter: Sendable {
  public static let images = PHPickerFilter()
}
public struct PhotosPicker<Label: View>: View {
  public init(
    selection: Binding<PhotosPickerItem?>, matching filter: PHPickerFilter? = nil, @ViewBuilder label: () -> Label
  ) {
    fatalError()
  }
  public var body: Never { fatalError() }
}
