#include "daemon/store_owner.hpp"

#include "core/shell_word.hpp"
#include "serve/accounts.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace tunnelkeyd::daemon {

namespace {

/// As sudo and chown take it.
std::string word_for(uid_t user, const char* before_number) {
    const auto name = serve::user_name(user);
    return name.empty() ? before_number + std::to_string(user) : name;
}

std::string run_as(uid_t owner) {
    return "run it as that user: sudo -u " + core::shell_word(word_for(owner, "#")) + " tunnelkeyd ...";
}

objection another_user(const std::string& directory, uid_t owner, uid_t self) {
    auto what = directory + " belongs to " + serve::user_text(owner) + ", who could not open what " +
                serve::user_text(self) + " makes in it: " + run_as(owner);
    if (self != 0)
        what += "; or give it to this one: chown -R " + word_for(self, "") + " " + core::shell_word(directory);
    return {true, std::move(what)};
}

objection open_to_all(const std::string& directory) {
    return {false, directory + " is open to everybody, who could put another state there: chmod o-w " +
                       core::shell_word(directory) +
                       "; where that cannot be, as in some containers' volumes, name a folder in it as "
                       "state.directory, and the daemon makes it"};
}

}  // namespace

std::optional<objection> objection_to_opening(const std::string& directory) {
    struct stat found {};
    if (::stat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        return std::nullopt;
    if ((found.st_mode & S_IWOTH) != 0)
        return open_to_all(directory);
    const auto self = ::geteuid();
    const bool handed_out = found.st_uid == 0 && (found.st_mode & S_IWGRP) != 0;
    if (found.st_uid == self || handed_out)
        return std::nullopt;
    return another_user(directory, found.st_uid, self);
}

}  // namespace tunnelkeyd::daemon
