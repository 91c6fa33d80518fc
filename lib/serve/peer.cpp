#include "serve/peer.hpp"

#include "serve/accounts.hpp"
#include "serve/user_namespace.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace tunnelkeyd::serve {

namespace {

/// The supplementary groups; none where the kernel does not say.
std::vector<gid_t> groups_at(int socket) {
    socklen_t size = 0;
    std::vector<gid_t> groups;
    // Without room it says how much is needed.
    ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, nullptr, &size);
    groups.resize(size / sizeof(gid_t));
    if (groups.empty() || ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0)
        return {};
    groups.resize(size / sizeof(gid_t));
    return groups;
}

bool is_in_group_of(int socket, gid_t main_group, const std::string& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0)
        return false;
    // Two groups that are unseen need not be the same. Then it counts that the kernel let this peer connect,
    // which says as much, unless the file's mode lets everybody.
    if (file.st_gid == unseen_number && hides_groups() && (file.st_mode & S_IWOTH) != 0)
        return false;
    const auto groups = groups_at(socket);
    return main_group == file.st_gid || std::find(groups.begin(), groups.end(), file.st_gid) != groups.end();
}

}  // namespace

peer peer_at(int socket, const std::string& path) {
    ucred known{};
    socklen_t size = sizeof known;
    peer who;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &known, &size) != 0)
        return who;
    who.user = known.uid;
    who.hidden = known.uid == unseen_number && hides_users();
    who.may_reveal = known.uid == 0 || known.uid == ::geteuid();
    who.may_ask = who.may_reveal || is_in_group_of(socket, known.gid, path);
    return who;
}

std::string name_of(const peer& who, const std::string& path) {
    if (!who.hidden)
        return user_text(who.user);
    return who.may_ask ? "a member of the socket's group" + group_of_file(path)
                       : "a user that the daemon cannot see";
}

}  // namespace tunnelkeyd::serve
