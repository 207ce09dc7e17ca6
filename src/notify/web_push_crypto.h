#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

// The cryptography of Web Push. All functions are thread-safe and do not block. Keys and salts are in base64
// for URLs without padding where they are texts.
namespace fit::notify {

// The longest text of a push message: a push service takes bodies of 4,096 bytes at least (RFC 8030, 7.2).
inline constexpr std::size_t kMaxPushBytes = 3'900;

// The key pair of an application server on the curve P-256.
struct VapidKey {
  std::string private_pem;
  std::string public_key;  // the point, uncompressed, 65 bytes in base64 for URLs
};
Result<std::string> make_vapid_pem();
// kInternal for a text that is no such key.
Result<VapidKey> read_vapid_key(const std::string& private_pem);

// The value of the header Authorization (RFC 8292): "vapid t=JWT, k=KEY". `audience` is the origin of the
// push service, `subject` a mailto: or https: URL of the operator. The token is signed with ES256.
Result<std::string> vapid_authorization(const VapidKey& key, std::string_view audience,
                                        std::string_view subject, Timestamp expires_at);

// A JSON Web Token of a head and claims in JSON, signed with ES256 by a key as read_vapid_key() takes it.
Result<std::string> sign_token(const std::string& private_pem, std::string_view head_json,
                               std::string_view claims_json);

// The keys of a browser, from its PushSubscription.
struct PushKeys {
  std::string p256dh;  // a point of P-256, 65 bytes
  std::string auth;    // 16 bytes
};
// kInvalid naming "keys.p256dh" or "keys.auth".
Result<void> check_push_keys(const PushKeys& keys);

// The body of a message for a browser (RFC 8291): one record of the content coding aes128gcm (RFC 8188), with
// a new key pair and salt each time. kTooLarge for a text over kMaxPushBytes; kInvalid as check_push_keys().
Result<std::string> encrypt_push(const PushKeys& keys, std::string_view text);

}  // namespace fit::notify
