@_exported import UniformTypeIdentifiers

// Entities and their queries.
public struct TypeDisplayRepresentation: Sendable {
  public init(name: LocalizedStringResource) { fatalError() }
}
public struct DisplayRepresentation: Sendable {
  public struct Image: Sendable {
    public init(data: Data) { fatalError() }
  }
  public init(title: LocalizedStringResource, subtitle: LocalizedStringResource? = nil, image: Image? = nil) {
    fatalError()
  }
}
public protocol PersistentlyIdentifiable: Sendable {}
public protocol InstanceDisplayRepresentable { var displayRepresentation: DisplayRepresentation { get } }
public protocol TypeDisplayRepresentable { static var typeDisplayRepresentation: TypeDisplayRepresentation { get } }
public protocol AppEntity: Identifiable, InstanceDisplayRepresentable, TypeDisplayRepresentable,
  PersistentlyIdentifiable
where ID: Sendable {
  associatedtype DefaultQuery: EntityQuery where DefaultQuery.Entity == Self
  static var defaultQuery: DefaultQuery { get }
}
public protocol IndexedEntity: AppEntity {}
public protocol EntityQuery: Sendable {
  associatedtype Entity: AppEntity
  init()
  func entities(for identifiers: [Entity.ID]) async throws -> [Entity]
  func suggestedEntities() async throws -> [Entity]
}
public protocol EntityStringQuery: EntityQuery {
  func entities(matching string: String) async throws -> [Entity]
}
public protocol IntentValueQuery: Sendable {
  associatedtype Input
  associatedtype Value
  init()
  func values(for input: Input) async throws -> [Value]
}

// Intents.
public protocol CustomLocalizedStringResourceConvertible {
  var localizedStringResource: LocalizedStringResource { get }
}
public struct IntentDescription: Sendable {
  public init(_ descriptionText: LocalizedStringResource) { fatalError() }
}
public protocol IntentResult: Sendable {}
public protocol ReturnsValue<Value>: IntentResult { associatedtype Value: Sendable }
public struct PlainResult: IntentResult {}
public struct ValueResult<Value: Sendable>: ReturnsValue {}
extension IntentResult where Self == PlainResult {
  public static func result() -> PlainResult { fatalError() }
}
extension IntentResult {
  public static func result<Value>(value: Value) -> Self where Self == ValueResult<Value> { fatalError() }
}
public protocol AppIntent: Sendable {
  associatedtype PerformResult: IntentResult
  static var title: LocalizedStringResource { get }
  init()
  func perform() async throws -> PerformResult
}
extension AppIntent {
  public typealias Parameter<Value: Sendable> = IntentParameter<Value>
  public typealias Summary = IntentParameterSummary<Self>
  public typealias Dependency<Value: Sendable> = AppDependency<Value>
}
public protocol OpenIntent: AppIntent {
  associatedtype Target: Sendable
  var target: Target { get set }
}
@propertyWrapper public final class IntentParameter<Value: Sendable>: @unchecked Sendable {
  public var wrappedValue: Value {
    get { fatalError() }
    set {}
  }
  public var projectedValue: IntentParameter<Value> { self }
  public init(title: LocalizedStringResource, description: LocalizedStringResource? = nil) where Value == String? {
    fatalError()
  }
  public init(
    title: LocalizedStringResource, description: LocalizedStringResource? = nil, supportedContentTypes: [UTType]
  )
  where Value == IntentFile { fatalError() }
  public init(title: LocalizedStringResource, description: LocalizedStringResource? = nil) where Value: AppEntity {
    fatalError()
  }
}
public struct IntentFile: Sendable {
  public var data: Data { fatalError() }
}
@propertyWrapper public final class AppDependency<Value: Sendable>: @unchecked Sendable {
  public init() { fatalError() }
  public var wrappedValue: Value { fatalError() }
}
public final class AppDependencyManager: @unchecked Sendable {
  public static let shared = AppDependencyManager()
  public func add<Value: Sendable>(key: AnyHashable? = nil, dependency: @autoclosure @escaping @Sendable () -> Value) {
    fatalError()
  }
}

// The line that Shortcuts shows of an intent.
public protocol ParameterSummary {}
public struct ParameterSummaryString<Intent: AppIntent>: ExpressibleByStringInterpolation {
  public struct StringInterpolation: StringInterpolationProtocol {
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) {}
    public mutating func appendInterpolation<Value>(_ keyPath: KeyPath<Intent, IntentParameter<Value>>) {}
  }
  public init(stringLiteral value: String) { fatalError() }
  public init(stringInterpolation: StringInterpolation) { fatalError() }
}
@resultBuilder public enum ParameterSummaryParametersBuilder<Intent: AppIntent> {
  public static func buildExpression<Value>(_ keyPath: KeyPath<Intent, IntentParameter<Value>>) -> PartialKeyPath<
    Intent
  > { keyPath }
  public static func buildBlock(_ parameters: PartialKeyPath<Intent>...) -> [PartialKeyPath<Intent>] { parameters }
}
public struct IntentParameterSummary<Intent: AppIntent>: ParameterSummary {
  public init(
    _ summaryString: ParameterSummaryString<Intent>,
    @ParameterSummaryParametersBuilder<Intent> _ parameters: () -> [PartialKeyPath<Intent>]
  ) { fatalError() }
}

// Shortcuts.
public struct AppShortcutPhraseToken: Sendable {
  public static let applicationName = AppShortcutPhraseToken()
}
public struct AppShortcutPhrase<Intent: AppIntent>: ExpressibleByStringInterpolation {
  public struct StringInterpolation: StringInterpolationProtocol {
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) {}
    public mutating func appendInterpolation(_ token: AppShortcutPhraseToken) {}
    public mutating func appendInterpolation<Value>(_ keyPath: KeyPath<Intent, IntentParameter<Value>>) {}
  }
  public init(stringLiteral value: String) { fatalError() }
  public init(stringInterpolation: StringInterpolation) { fatalError() }
}
public struct AppShortcut {
  public init<Intent: AppIntent>(
    intent: Intent, phrases: [AppShortcutPhrase<Intent>], shortTitle: LocalizedStringResource, systemImageName: String
  ) { fatalError() }
}
@resultBuilder public enum AppShortcutsBuilder {
  public static func buildBlock(_ shortcuts: AppShortcut...) -> [AppShortcut] { shortcuts }
}
public protocol AppShortcutsProvider {
  @AppShortcutsBuilder static var appShortcuts: [AppShortcut] { get }
}
extension AppShortcutsProvider { public static func updateAppShortcutParameters() {} }
