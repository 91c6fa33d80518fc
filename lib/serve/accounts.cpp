#include "serve/accounts.hpp"

#include "serve/user_namespace.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace tunnelkeyd::serve {

namespace {

constexpr unsigned most_entries = 10'000;
constexpr std::size_t longest_entry = 64 * 1024;  // a group names its members

struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

template <class Entry>
using reader = int (*)(std::FILE*, Entry*, char*, std::size_t, Entry**);

/// "" where there is none, or it stands too far down.
template <class Entry, class Number>
std::string name_in(const char* file, reader<Entry> next, Number Entry::*number, char* Entry::*name,
                    Number wanted) {
    const std::unique_ptr<std::FILE, closer> opened(std::fopen(file, "re"));
    std::vector<char> buffer(longest_entry);
    Entry entry{};
    Entry* found = nullptr;
    for (unsigned count = 0; opened && count < most_entries; ++count) {
        if (next(opened.get(), &entry, buffer.data(), buffer.size(), &found) != 0)
            break;
        if (entry.*number == wanted)
            return entry.*name;
    }
    return {};
}

std::string in_brackets(const std::string& name) {
    return name.empty() ? "" : " (" + name + ")";
}

}  // namespace

std::string user_name(uid_t user) {
    return name_in("/etc/passwd", ::fgetpwent_r, &passwd::pw_uid, &passwd::pw_name, user);
}

std::string user_text(uid_t user) {
    return user == 0 ? "root" : "uid " + std::to_string(user) + in_brackets(user_name(user));
}

std::string group_of_file(const std::string& path) {
    struct stat seen {};
    if (::stat(path.c_str(), &seen) != 0 || (seen.st_gid == unseen_number && hides_groups()))
        return {};
    const auto name = name_in("/etc/group", ::fgetgrent_r, &group::gr_gid, &group::gr_name, seen.st_gid);
    return in_brackets(name.empty() ? "gid " + std::to_string(seen.st_gid) : name);
}

}  // namespace tunnelkeyd::serve
