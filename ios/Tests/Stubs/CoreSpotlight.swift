import AppIntents

open class CSSearchableIndex: NSObject, @unchecked Sendable {
  public class func `default`() -> CSSearchableIndex { fatalError() }
  public func indexAppEntities<Entity: IndexedEntity>(_ appEntities: [Entity], priority: Int = 0) async throws {
    fatalError()
  }
  public func deleteAppEntities<Entity: IndexedEntity>(ofType type: Entity.Type) async throws { fatalError() }
}
