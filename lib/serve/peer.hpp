#pragma once

#include <sys/types.h>

#include <string>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Who is at the other end of a Unix socket, as the kernel noted it when the connection was made.
///
/// In a user namespace (the unit's PrivateUsers=) the kernel names only root, the daemon's user and its group.
/// All others have the same number, `unseen` (user_namespaces(7): the overflow user and group IDs).
struct peer {
    static constexpr uid_t unseen = 65534;

    uid_t user = static_cast<uid_t>(-1);
    bool may_ask = false;     ///< root, the daemon's user, or somebody in the group of the socket's file
    bool may_reveal = false;  ///< root or the daemon's user
};

/// `path`: the socket's file, whose group counts as it is now. Who cannot be told may nothing.
peer peer_at(int socket, const std::string& path);

/// For the log, the history and refusals: user_text(), or that it is a member of the group of `path`.
std::string name_of(const peer& who, const std::string& path);

}  // namespace tunnelkeyd::serve
