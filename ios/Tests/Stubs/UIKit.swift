@_exported import CoreGraphics

open class UIImage: NSObject, @unchecked Sendable {
  public convenience init?(data: Data) { fatalError() }
  public convenience init(cgImage: CGImage) { fatalError() }
  public func jpegData(compressionQuality: CGFloat) -> Data? { fatalError() }
}
@MainActor open class UIView: NSObject {
  public struct AutoresizingMask: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let flexibleWidth = AutoresizingMask(rawValue: 2)
    public static let flexibleHeight = AutoresizingMask(rawValue: 16)
  }
  open var frame: CGRect {
    get { fatalError() }
    set {}
  }
  open var bounds: CGRect {
    get { fatalError() }
    set {}
  }
  open var autoresizingMask: AutoresizingMask {
    get { fatalError() }
    set {}
  }
  open func addSubview(_ view: UIView) {}
}
@MainActor open class UIViewController: NSObject {
  open var view: UIView! {
    get { fatalError() }
    set {}
  }
  open var extensionContext: NSExtensionContext? { fatalError() }
  open func viewDidLoad() {}
  open func addChild(_ childController: UIViewController) {}
  open func didMove(toParent parent: UIViewController?) {}
  public override init() { fatalError() }
}
@MainActor open class UIApplication: NSObject {
  open class var shared: UIApplication { fatalError() }
  open func registerForRemoteNotifications() {}
}
@MainActor public protocol UIApplicationDelegate: NSObjectProtocol {
  func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data)
}
extension UIApplicationDelegate {
  public func application(
    _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data
  ) {}
}
@MainActor open class UINavigationController: UIViewController {}
@MainActor public protocol UINavigationControllerDelegate: NSObjectProtocol {}
@MainActor public protocol UIImagePickerControllerDelegate: NSObjectProtocol {
  func imagePickerController(
    _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any])
  func imagePickerControllerDidCancel(_ picker: UIImagePickerController)
}
@MainActor open class UIImagePickerController: UINavigationController {
  public enum SourceType: Int { case photoLibrary, camera, savedPhotosAlbum }
  public struct InfoKey: Hashable, Sendable {
    public static let originalImage = InfoKey()
  }
  open class func isSourceTypeAvailable(_ sourceType: SourceType) -> Bool { fatalError() }
  open var sourceType: SourceType {
    get { fatalError() }
    set {}
  }
  open weak var delegate: (any UIImagePickerControllerDelegate & UINavigationControllerDelegate)? {
    get { fatalError() }
    set {}
  }
}
public enum UIKeyboardType: Int, Sendable { case `default`, URL, numberPad, emailAddress, decimalPad }
public struct UITextContentType: Hashable, Sendable {
  public static let username = UITextContentType()
  public static let password = UITextContentType()
  public static let oneTimeCode = UITextContentType()
}
