#pragma once

#include <sys/types.h>

#include <string>

/// Users' and groups' names, for people. From /etc/passwd and /etc/group alone: the system's look-up may ask a
/// directory server, which may take minutes. Whose name is not there is shown by the number.
namespace tunnelkeyd::serve {

/// "alice"; "" where it is not known.
std::string user_name(uid_t user);

/// "root", "uid 1000 (alice)", "uid 1000".
std::string user_text(uid_t user);

/// " (alice)", of the group that owns this file; "" where neither is known, or it may be another one that is
/// not in sight (user_namespace.hpp).
std::string group_of_file(const std::string& path);

}  // namespace tunnelkeyd::serve
