#include "monitor/process_metrics.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>

#include "monitor/machine_checks.h"

namespace fit::monitor {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Processor time of this process since its start.
double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double unix_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return 0;
  return static_cast<double>(std::distance(begin(files), end(files)) - 1);  // without the one that lists them
}

class ProcessMetrics {
 public:
  ProcessMetrics(Metrics& metrics, std::filesystem::path storage)
      : storage_(std::move(storage)),
        cpu_(metrics.counter("process_cpu_seconds_total", "Processor time of this process")),
        resident_(metrics.gauge("process_resident_memory_bytes", "Resident memory of this process")),
        files_(metrics.gauge("process_open_fds", "Open files and sockets of this process")),
        most_files_(metrics.gauge("process_max_fds", "Files and sockets that this process may open")),
        free_(metrics.gauge("fit_storage_free_bytes", "Free space where STORAGE_PATH is")),
        size_(metrics.gauge("fit_storage_size_bytes", "Size of the file system where STORAGE_PATH is")) {
    metrics.gauge("process_start_time_seconds", "Time at which this process has started").set(unix_seconds());
  }

  void refresh() {
    const std::lock_guard lock(mutex_);
    const double cpu = cpu_seconds();
    cpu_.add(std::max(0.0, cpu - shown_cpu_));
    shown_cpu_ = std::max(cpu, shown_cpu_);
    resident_.set(resident_bytes());
    files_.set(open_files());
    most_files_.set(static_cast<double>(read_open_file_limit().soft));
    if (const auto space = read_disk_space(storage_)) {
      free_.set(static_cast<double>(space->free_bytes));
      size_.set(static_cast<double>(space->total_bytes));
    }
  }

 private:
  const std::filesystem::path storage_;
  Counter& cpu_;
  Gauge& resident_;
  Gauge& files_;
  Gauge& most_files_;
  Gauge& free_;
  Gauge& size_;
  std::mutex mutex_;
  double shown_cpu_ = 0;  // under the mutex
};

}  // namespace

void show_process(Metrics& metrics, const std::filesystem::path& storage) {
  metrics.on_expose([process = std::make_shared<ProcessMetrics>(metrics, storage)] { process->refresh(); });
}

}  // namespace fit::monitor
