import FindThisFitKit
import Foundation

/// Where the app and its extensions keep what they share.
enum AppGroup {
  static let identifier = "group.org.findthisfit.app"

  static var folder: URL {
    FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: identifier) ?? .documentsDirectory
  }

  static var recents: URL { folder.appending(path: "recent-searches") }

  static var defaults: UserDefaults { UserDefaults(suiteName: identifier) ?? .standard }
}

/// How this device reaches its server. Credentials are in the Keychain, not here.
struct ServerSettings: Codable, Hashable, Sendable {
  var server: ServerAddress
  var tenant: String?
  var headers: [String: String] = [:]  // for a proxy in front of the server
  var certificates: [Data] = []  // DER, of certificate authorities of the server's owner

  private static let key = "server"

  static func load() -> ServerSettings? {
    AppGroup.defaults.data(forKey: key).flatMap { try? JSONDecoder().decode(ServerSettings.self, from: $0) }
  }

  static func store(_ settings: ServerSettings?) {
    AppGroup.defaults.set(settings.flatMap { try? JSONEncoder().encode($0) }, forKey: key)
  }
}

/// The name of this device for a server on which its owner has no account.
enum DeviceName {
  private static let key = "device"

  static func load() -> String {
    if let id = AppGroup.defaults.string(forKey: key) { return id }
    let id = DeviceID.draw()
    AppGroup.defaults.set(id, forKey: key)
    return id
  }

  static func forget() { AppGroup.defaults.removeObject(forKey: key) }
}

/// What the app has learnt of its server, for extensions and intents, which do not ask first.
enum Learnt {
  private static let key = "finds-garments"

  static var findsGarments: Bool {
    get { AppGroup.defaults.bool(forKey: key) }
    set { AppGroup.defaults.set(newValue, forKey: key) }
  }
}

/// The parts of the kit for one server.
struct Services: Sendable {
  let settings: ServerSettings
  let client: Client
  let recents: RecentSearches
  let images: ImageCache
  let finds: SavedFinds
  let watch: AlertWatch
  let pushes: PushRegistration
  let trust: CertificateTrust?
  let photos = PhotoPreparation(renderer: PhotoDrawing())

  init(_ settings: ServerSettings) {
    self.settings = settings
    var options = ClientOptions()
    options.tenant = settings.tenant
    options.headers = settings.headers
    options.deviceID = DeviceName.load()
    trust = settings.certificates.isEmpty ? nil : CertificateTrust(authorities: settings.certificates)
    client = Client(
      server: settings.server, transport: SessionTransport(trust: trust), credentials: Keychain(), options: options)
    recents = RecentSearches(folder: AppGroup.recents)
    images = ImageCache(folder: AppGroup.folder.appending(path: "images"))
    finds = SavedFinds(folder: AppGroup.folder)
    watch = AlertWatch(folder: AppGroup.folder)
    pushes = PushRegistration(folder: AppGroup.folder)
  }

  /// Those of the server in the settings. Nil: there is none yet.
  static func current() -> Services? { ServerSettings.load().map(Services.init) }

  /// A search with a photo of which nobody chooses a part: with its most prominent garment, where the server finds it.
  func query(_ photo: Photo, words: String = "") -> SearchQuery {
    var query = SearchQuery(photo: photo, words: words)
    if Learnt.findsGarments { query.part = .mostProminent }
    return query
  }
}
