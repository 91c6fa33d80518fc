#pragma once

#include <sys/types.h>

#include <string>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Who is at the other end of a Unix socket, as the kernel noted it when the connection was made. The unit's
/// PrivateUsers= leaves root, the daemon's user and its group in sight (user_namespace.hpp).
struct peer {
    uid_t user = static_cast<uid_t>(-1);
    bool hidden = false;      ///< the number is that of all who are not in sight
    bool may_ask = false;     ///< root, the daemon's user, or somebody in the group of the socket's file
    bool may_reveal = false;  ///< root or the daemon's user
};

/// `path`: the socket's file, whose group counts as it is now. Who cannot be told may nothing.
peer peer_at(int socket, const std::string& path);

/// For the log, the history and refusals: user_text(), or that it is a member of the group of `path`.
std::string name_of(const peer& who, const std::string& path);

}  // namespace tunnelkeyd::serve
