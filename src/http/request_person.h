#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"
#include "style/feedback/person.h"

namespace fit::http {

// The account of a request: a user, or whom a search token or the sign-in provider names; nullopt: the caller
// is nobody in particular.
std::optional<style::Person> account_of(const Principal& caller);

// Whose feedback a request gives and whose taste it has: its account, otherwise the device whose id is in the
// header X-Device-Id; nullopt: it names nobody. kInvalid naming the header for an id that is not of its form,
// 32 hexadecimal digits in lower case.
Result<std::optional<style::Person>> find_person(const Request& request);

// As above; kInvalid naming the header also for a request that names nobody.
Result<style::Person> person_of(const Request& request);

// A taste reads all of an item. kForbidden naming `field` for a caller to whom items lack fields.
Result<void> check_may_have_taste(const Principal& caller, std::string_view field);

// The device of an id. kInvalid naming `field`.
Result<style::Person> device_of(std::string_view field, std::string_view id);

}  // namespace fit::http
