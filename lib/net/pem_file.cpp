#include "net/pem_file.hpp"

#include "core/shell_word.hpp"
#include "files/regular_file.hpp"

#include <sys/stat.h>

#include <utility>

namespace tunnelkeyd::net {

namespace {

constexpr std::size_t mib = 1024 * 1024;

pem_file failed(std::string problem, std::string remedy) {
    return {{}, std::move(problem), std::move(remedy)};
}

/// What to do about a file that cannot be opened.
std::string see_to(const std::string& path) {
    for (const auto* hidden : {"/home/", "/root/", "/run/user/"})
        if (path.starts_with(hidden))
            return "put it below /etc/tunnelkeyd: the service sees nothing below /home, /root and /run/user";
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return "put it there, or correct the path; the daemon's user must be able to reach it";
    if (!S_ISREG(status.st_mode))
        return "name a file; the certificates of a directory may stand in one file, one behind the other";
    return "let the daemon's user read it (namei -l " + core::shell_word(path) + " shows who may)";
}

}  // namespace

file_version version_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

pem_file read_pem_file(const std::string& path, bool secret, std::size_t most_mib) {
    files::regular_file file(path);
    if (!file.problem().empty())
        return failed(file.problem(), see_to(path));
    if (file.size() > most_mib * mib)
        return failed("it is larger than " + std::to_string(most_mib) + " MiB", "see that it is the right one");
    if (secret && file.readable_by_everybody())
        return failed("everybody on this machine may read the private key in it",
                      "run `chmod o-r " + core::shell_word(path) +
                          "` (in a Kubernetes volume: defaultMode: 0440), and consider the key known");
    wiping_string text(file.size() + 1, '\0');  // one more shows a file that grows
    const auto size = file.read(text.data(), text.size());
    if (!file.problem().empty())
        return failed(file.problem(), see_to(path));
    if (size == text.size())
        return failed("it is being written", "try again");
    text.resize(size);
    return {std::move(text), "", ""};
}

}  // namespace tunnelkeyd::net
