#include "net/pem_file.hpp"

#include "files/regular_file.hpp"

#include <sys/stat.h>

#include <utility>

namespace tunnelkeyd::net {

namespace {

constexpr std::size_t longest = 1024 * 1024;

pem_file failed(std::string problem) {
    return {{}, std::move(problem)};
}

}  // namespace

file_version version_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

pem_file read_pem_file(const std::string& path, bool secret) {
    files::regular_file file(path);
    if (!file.problem().empty())
        return failed(file.problem());
    if (file.size() > longest)
        return failed("it is larger than 1 MiB");
    if (secret && file.readable_by_everybody())
        return failed("everybody on this machine may read the private key in it; run `chmod o-r " + path +
                      "` (in a Kubernetes volume: defaultMode: 0440), and consider the key known");
    wiping_string text(file.size() + 1, '\0');  // one more shows a file that grows
    const auto size = file.read(text.data(), text.size());
    if (!file.problem().empty())
        return failed(file.problem());
    if (size == text.size())
        return failed("it is being written");
    text.resize(size);
    return {std::move(text), ""};
}

}  // namespace tunnelkeyd::net
