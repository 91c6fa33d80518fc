#pragma once

#include "core/config.hpp"
#include "core/exchange.hpp"
#include "core/requests.hpp"
#include "core/way.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What each finding of an examination means: the line of its check. Texts from peers are cut, and escaped by
/// whoever prints them; secrets that a peer may repeat are taken out before.
namespace tunnelkeyd::core {

/// "store". `error` as ports::write_handler has it.
check_line examine_store(const std::string& error);

/// "api_key_secret" and "credentials_secret". `error`: why it cannot be read, or "".
check_line examine_secret(const organization& of, const std::string& error);
check_line examine_secret(const instance& of, const std::string& error);

/// "cloud_name", "cloud_connection", "cloud_proxy", "cloud_tls", and the same four of the instance.
std::vector<check_line> examine_cloud_way(const way& found, wall_time now);
std::vector<check_line> examine_instance_way(const way& found, wall_time now);

/// "api_key": what the cloud said of it.
check_line examine_api_key(const exchange& seen);
/// "instance_state": what /status said.
check_line examine_state(const exchange& seen, wall_time now);
/// "credentials": what whoami said.
check_line examine_credentials(const exchange& seen, wall_time now);

/// "api_key_expiry" and "credentials_expiry", by the configuration.
check_line examine_expiry(const organization& of, wall_time now);
check_line examine_expiry(const instance& of, wall_time now);

/// A check that is not made, with the reason: "preflight.status is false".
check_line skip(std::string_view check, std::string why);

/// The same of a check that rests on one which failed; nothing where it can be made. `lines` has those before.
std::optional<check_line> prevented(std::string_view check, const std::vector<check_line>& lines);

}  // namespace tunnelkeyd::core
