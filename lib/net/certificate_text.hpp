#pragma once

#include "core/way.hpp"

#include <openssl/x509.h>

#include <string>
#include <vector>

/// What certificates say of themselves, for people: their text is escaped and cut.
namespace tunnelkeyd::net {

std::string text_of(const X509_NAME* name);

core::certificate read_certificate(const X509* from);

/// The first ten certificates; none where `chain` is null.
std::vector<core::certificate> describe_chain(const STACK_OF(X509) * chain);

/// The names and addresses that it is for (RFC 5280, section 4.2.1.6), at most five: "jira.example.com,
/// 192.0.2.1".
/// "" where it has none.
std::string alternative_names(const X509* of);

}  // namespace tunnelkeyd::net
