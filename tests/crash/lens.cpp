#include "crash/lens.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnelkeyd::crash {

namespace {

std::vector<lens> make_lenses() {
    std::vector<lens> made = {{"main", false, {}}, {"all", true, {}}};
    std::vector<std::string> store;
    for (const char* name :
         {"state", "state/..", "state/lock", "state/sealing.key", "state/sealing.key.new", "state/state.db",
          "state/state.db-journal", "state/state.db-wal", "state/state.db-shm", "state/state.db.new",
          "state/state.db.new-journal", "state/state.db.new-wal", "state/state.db.new-shm"})
        store.emplace_back(name);
    made.push_back({"store", true, store});
    for (const auto& file : store)
        made.push_back({file, true, {file}});
    return made;
}

bool names(const traced_call& call, const std::string& path) {
    return call.arguments.find('<' + path + '>') != std::string::npos ||
           call.arguments.find('"' + path + '"') != std::string::npos;
}

}  // namespace

bool lens::shows(const traced_call& call, bool main_thread, const std::string& directory) const {
    if (!all_threads && !main_thread)
        return false;
    return files.empty() || std::any_of(files.begin(), files.end(), [&](const std::string& file) {
               return names(call, directory + "/" + file);
           });
}

std::vector<std::string> lens::strace_options(const std::string& directory) const {
    std::vector<std::string> options;
    if (all_threads)
        options.emplace_back("-f");
    for (const auto& file : files)
        options.insert(options.end(), {"-P", directory + "/" + file});
    return options;
}

const std::vector<lens>& lenses() {
    static const auto all = make_lenses();
    return all;
}

const lens& lens_called(const std::string& name) {
    for (const auto& each : lenses())
        if (each.name == name)
            return each;
    throw std::out_of_range("no lens called " + name);
}

}  // namespace tunnelkeyd::crash
