import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The ends of the tasks of a background session, and who waits until the system has delivered them all.
final class BackgroundEndings: SessionListener, @unchecked Sendable {
  typealias Outcome = Result<HTTPAnswer, any Error>

  var ended: (@Sendable (UUID, Outcome) async -> Void)?  // set before the session has tasks
  private let lock = NSLock()
  private var endings: [Task<Void, Never>] = []  // guarded by `lock`
  private var waiting: [CheckedContinuation<Void, Never>] = []  // guarded by `lock`
  private var isDelivered = false  // before anybody waits for it, guarded by `lock`

  var isAwaited: Bool { lock.withLock { !waiting.isEmpty } }
  var count: Int { lock.withLock { endings.count } }

  /// Waits for the end of the events, and for what follows from them.
  func deliver() async {
    await withCheckedContinuation { continuation in
      let isOver = lock.withLock {
        defer { isDelivered = false }  // the next launch has events of its own
        if !isDelivered { waiting.append(continuation) }
        return isDelivered
      }
      if isOver { continuation.resume() }
    }
    for ending in lock.withLock({ endings }) { await ending.value }
  }

  func ended(_ task: URLSessionTask, _ outcome: Outcome) {
    guard let ended, let id = task.taskDescription.flatMap(UUID.init(uuidString:)) else { return }
    lock.withLock { endings.append(Task { await ended(id, outcome) }) }
  }

  func sent(_ fraction: Double, of task: URLSessionTask) {}

  func deliveredAll() {
    let all = lock.withLock {
      isDelivered = waiting.isEmpty
      defer { waiting = [] }
      return waiting
    }
    all.forEach { $0.resume() }
  }
}
