#include "http/request_person.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

constexpr std::string_view kPhone = "0123456789abcdef0123456789abcdef";

// The person of a request; empty: nobody; with "!" the field at fault.
std::string shown_person(const Principal& caller, std::string_view device = {}) {
  Request request;
  request.principal = caller;
  if (!device.empty()) request.headers.add("x-device-id", device);
  const auto person = find_person(request);
  if (!person) return "!" + person.error().field;
  return *person ? (*person)->str() : "";
}

Principal caller_with(const std::string& id, std::int64_t user = 0) {
  Principal caller;
  caller.id = id;
  caller.user_id = user;
  return caller;
}

Principal token_of(const std::string& id) {
  Principal caller = caller_with(id);
  caller.key_id = 7;
  caller.has_token = true;
  return caller;
}

TEST(RequestPerson, AnAccountGoesBeforeADevice) {
  EXPECT_EQ(shown_person(caller_with("user:3", 3), kPhone), "user:3");
  EXPECT_EQ(shown_person(caller_with("user:3", 3), "wrong"), "user:3");
  EXPECT_EQ(shown_person(caller_with("sso:ivy"), kPhone), "sso:ivy");
  EXPECT_EQ(shown_person(token_of("key:7/ann"), kPhone), "key:7/ann");
  EXPECT_EQ(shown_person(token_of("key:7/a/"), kPhone), "key:7/a/");
}

TEST(RequestPerson, WhoHasNoAccountIsTheDevice) {
  const std::string device = "device:" + std::string(kPhone);
  EXPECT_EQ(shown_person(Principal(), kPhone), device);
  EXPECT_EQ(shown_person(Principal::local(), kPhone), device);
  EXPECT_EQ(shown_person(caller_with("key:7"), kPhone), device);
  EXPECT_EQ(shown_person(token_of("key:7/"), kPhone), device);
  EXPECT_EQ(shown_person(Principal::local()), "");
  EXPECT_EQ(shown_person(token_of("key:7/")), "");
}

TEST(RequestPerson, ADeviceHas32HexadecimalDigits) {
  for (const std::string& wrong : {std::string("x"), std::string(31, 'a'), std::string(33, 'a'),
                                   std::string(32, 'A'), std::string(32, 'g'), std::string(31, '0') + "/"}) {
    EXPECT_EQ(shown_person(Principal::local(), wrong), "!X-Device-Id") << wrong;
  }
  Request nobody;
  EXPECT_EQ(person_of(nobody).error().field, "X-Device-Id");
}

}  // namespace
}  // namespace fit::http
