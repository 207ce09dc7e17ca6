@_exported import SwiftUI

public protocol TimelineEntry: Sendable { var date: Date { get } }
public struct TimelineReloadPolicy: Sendable { public static let never = TimelineReloadPolicy() }
public struct Timeline<EntryType: TimelineEntry>: Sendable {
  public init(entries: [EntryType], policy: TimelineReloadPolicy) { fatalError() }
}
public struct TimelineProviderContext {}
public protocol TimelineProvider {
  associatedtype Entry: TimelineEntry
  typealias Context = TimelineProviderContext
  func placeholder(in context: Context) -> Entry
  @preconcurrency func getSnapshot(in context: Context, completion: @escaping @Sendable (Entry) -> Void)
  @preconcurrency func getTimeline(in context: Context, completion: @escaping @Sendable (Timeline<Entry>) -> Void)
}
public enum WidgetFamily: Sendable { case systemSmall, systemMedium, systemLarge }
public struct StaticConfiguration<Content: View>: WidgetConfiguration {
  @MainActor public init<Provider: TimelineProvider>(
    kind: String, provider: Provider, @ViewBuilder content: @escaping (Provider.Entry) -> Content
  ) { fatalError() }
}
extension WidgetConfiguration {
  @MainActor public func configurationDisplayName(_ displayName: LocalizedStringKey) -> some WidgetConfiguration {
    self
  }
  @MainActor public func description(_ description: LocalizedStringKey) -> some WidgetConfiguration { self }
  @MainActor public func supportedFamilies(_ families: [WidgetFamily]) -> some WidgetConfiguration { self }
}
extension EnvironmentValues {
  public var widgetFamily: WidgetFamily { fatalError() }
}
extension View {
  public func containerBackground<S: ShapeStyle>(_ style: S, for container: ContainerBackgroundPlacement) -> some View {
    self
  }
  public func widgetURL(_ url: URL?) -> some View { self }
}
public final class WidgetCenter: @unchecked Sendable {
  public static let shared = WidgetCenter()
  public func reloadAllTimelines() {}
}
