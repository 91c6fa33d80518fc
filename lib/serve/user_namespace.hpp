#pragma once

#include <string_view>

/// Private to the servers. In a user namespace (the unit's PrivateUsers=, a container) the kernel gives all
/// users that are not mapped there one and the same number, and so all groups (user_namespaces(7): the overflow
/// user and group IDs). Elsewhere that number is the user nobody's, and the group nogroup's.
namespace tunnelkeyd::serve {

constexpr unsigned unseen_number = 65534;

/// Whether all may have that number who are not mapped. Looked at once; yes, where /proc does not tell.
bool hides_users();
bool hides_groups();

/// Of a /proc/PID/uid_map or gid_map: lines of "0 0 4294967295", the first number in there, out here, and how
/// many.
bool maps_all(std::string_view map);

}  // namespace tunnelkeyd::serve
