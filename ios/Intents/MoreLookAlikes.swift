// The framework is in the SDK of devices, and not in that of the simulator.
#if canImport(VisualIntelligence)
  import AppIntents
  import FindThisFitKit
  import VisualIntelligence

  /// "More results" of Visual Intelligence: the same search in the app.
  @available(iOS 26.0, *)
  @AppIntent(schema: .visualIntelligence.semanticContentSearch)
  struct MoreLookAlikesIntent: AppIntent {
    static let title: LocalizedStringResource = "More look-alikes"
    static let openAppWhenRun = true

    var semanticContent: SemanticContentDescriptor

    @Dependency var navigation: Navigation

    @MainActor
    func perform() async throws -> some IntentResult {
      guard let services = Services.current(), let buffer = semanticContent.pixelBuffer,
        let photo = services.photo(buffer)
      else { throw IntentFailure.notAPhoto }
      navigation.show(.results(services.query(photo)))
      return .result()
    }
  }
#endif
