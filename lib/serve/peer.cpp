#include "serve/peer.hpp"

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
    who.may_reveal = known.uid == 0 || known.uid == ::geteuid();
    who.may_ask = who.may_reveal || is_in_group_of(socket, known.gid, path);
    return who;
}

}  // namespace tunnelkeyd::serve
