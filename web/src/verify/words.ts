import type { Reason, Text } from '@giayto/verifier'
import type { CameraFault } from '../scan/scanner.js'
import type { Kind } from './classify.js'

// Every sentence of the page. The reasons of refusals come from the verifier,
// labels of papers and situations from the catalogue.

const words = {
  title: { vi: 'Kiểm tra giấy tờ', en: 'Check papers' },
  otherLanguage: { vi: 'EN', en: 'VI' },
  otherLanguageName: { vi: 'EN: English', en: 'VI: Tiếng Việt' },
  back: { vi: 'Quay lại', en: 'Back' },

  purposeTitle: { vi: 'Bạn kiểm tra để làm gì?', en: 'What are you checking for?' },
  purposeIntro: {
    vi: 'Chọn một lần. Máy sẽ chỉ hỏi và chỉ hiện những thông tin mà việc này cần.',
    en: 'Choose once. The device then asks for, and shows, only what this needs.',
  },
  asks: { vi: 'Cần: {claims}', en: 'Needs: {claims}' },
  anySector: { vi: 'Xem mã nói gì', en: 'Read what a code says' },
  anyPurpose: { vi: 'Không yêu cầu gì, hiện mọi thông tin trong mã', en: 'Asks for nothing, shows everything in the code' },
  promise: {
    vi: 'Không cần tài khoản, không cần mạng. Mã được kiểm tra ngay trên máy này và không được gửi đi đâu. Để nhận ra mã bị dùng lại, máy nhớ số hiệu của mã thêm vài phút.',
    en: 'No account, no network. Codes are checked on this very device and are sent nowhere. To notice a code that is shown twice, the device remembers its number for a few minutes.',
  },

  scanTitle: { vi: 'Quét mã', en: 'Scan a code' },
  aim: { vi: 'Đưa mã trên điện thoại vào khung', en: 'Hold the code on the phone in the frame' },
  starting: { vi: 'Đang mở máy ảnh…', en: 'Opening the camera…' },
  justChecked: { vi: 'Mã này vừa kiểm tra xong. Đưa mã tiếp theo.', en: 'This code has just been checked. Show the next one.' },
  torch: { vi: 'Đèn', en: 'Torch' },
  image: { vi: 'Chọn ảnh', en: 'Picture' },
  paste: { vi: 'Dán mã', en: 'Paste' },
  settings: { vi: 'Cài đặt', en: 'Settings' },
  camera: { vi: 'Máy ảnh', en: 'Camera' },
  cameraNumber: { vi: 'Máy ảnh {n}', en: 'Camera {n}' },
  retryCamera: { vi: 'Thử lại máy ảnh', en: 'Try the camera again' },
  readyOffline: { vi: 'Sẵn sàng khi không có mạng', en: 'Ready without network' },
  ready: { vi: 'Sẵn sàng', en: 'Ready' },
  keysHeard: { vi: 'khóa cập nhật {age}', en: 'keys updated {age}' },
  keysNone: { vi: 'Chưa có danh sách khóa: kết nối mạng một lần, hoặc nạp từ tệp trong Cài đặt.', en: 'No list of keys yet: go online once, or load one from a file in Settings.' },
  keysOld: { vi: 'Máy lâu chưa hỏi máy chủ: kết nối mạng một lần, nếu không sẽ chưa thể kết luận.', en: 'The server has not been heard for long: go online once, or the answer will be that it cannot tell.' },
  keysTrouble: { vi: 'Danh sách khóa có vấn đề: {why} {do}', en: 'Trouble with the list of keys: {why} {do}' },
  forgets: { vi: 'Trình duyệt không cho lưu: đóng trang là máy quên hết, và lần mở sau cần mạng.', en: 'The browser keeps nothing: closing the page forgets everything, and the next opening needs the network.' },
  clockAhead: { vi: 'Giờ máy này nhanh {span} so với máy chủ. Hãy chỉnh lại.', en: 'This device is {span} ahead of the server. Set its clock.' },
  clockBehind: { vi: 'Giờ máy này chậm {span} so với máy chủ. Hãy chỉnh lại.', en: 'This device is {span} behind the server. Set its clock.' },
  readingImage: { vi: 'Đang đọc ảnh…', en: 'Reading the picture…' },
  several: { vi: 'Có nhiều mã trong khung. Chỉ đưa một mã mỗi lần.', en: 'There are several codes. Show one at a time.' },
  noCodeInImage: { vi: 'Không tìm thấy mã QR trong ảnh này. Hãy chụp rõ và thẳng hơn.', en: 'No QR code was found in this picture. Take it straighter and sharper.' },
  imageTooLarge: { vi: 'Ảnh này quá lớn. Hãy chụp lại hoặc cắt nhỏ ảnh.', en: 'This picture is too large. Take another one, or cut it.' },
  noReader: { vi: 'Bộ đọc mã chưa tải được. Hãy kết nối mạng một lần, hoặc dán mã.', en: 'The reader of codes could not be loaded. Go online once, or paste the text.' },
  badImage: { vi: 'Không đọc được tệp này như một bức ảnh.', en: 'This file cannot be read as a picture.' },

  pasteTitle: { vi: 'Dán nội dung mã', en: 'Paste the text of a code' },
  pasteLabel: { vi: 'Nội dung, bắt đầu bằng VN', en: 'The text, beginning with VN' },
  pasteEmpty: { vi: 'Hãy dán nội dung của mã vào ô này.', en: 'Paste the text of the code into this field.' },
  check: { vi: 'Kiểm tra', en: 'Check' },

  resultTitle: { vi: 'Kết quả kiểm tra', en: 'Result' },
  genuine: { vi: 'Chữ ký thật · còn {n} giây', en: 'Genuine signature · {n} s left' },
  genuineEnded: { vi: 'Đúng vào lúc kiểm tra {clock} · nay mã đã hết hạn', en: 'Right when checked at {clock} · the code has ended since' },
  face: { vi: 'Hãy so khuôn mặt với người đưa mã. Mã này không chứa ảnh.', en: 'Compare the face with the person. The code holds no picture.' },
  personUnknown: { vi: 'Mã cho biết giấy tờ nói gì, không cho biết ai đang cầm điện thoại.', en: 'The code tells what the papers say, not who is holding the phone.' },
  hidden: { vi: 'Mã còn {n} thông tin mà việc này không cần; máy không hiện.', en: 'The code holds {n} more field(s) that this does not need; they are not shown.' },
  missing: { vi: 'Còn thiếu: {claims}', en: 'Missing: {claims}' },
  notMet: { vi: 'Câu trả lời là không: {claims}', en: 'The answer is no: {claims}' },
  why: { vi: 'Vì sao?', en: 'Why?' },
  what: { vi: 'Nên làm gì?', en: 'What to do?' },
  agency: { vi: 'Cơ quan cấp', en: 'Issued by' },
  voucher: { vi: 'Người ký mã', en: 'Code signed by' },
  madeFor: { vi: 'Tạo riêng cho', en: 'Made for' },
  validUntil: { vi: 'Mã dùng được đến', en: 'Code valid until' },
  endedAt: { vi: 'Mã hết hạn lúc', en: 'Code ended at' },
  list: { vi: 'Danh sách khóa', en: 'List of keys' },
  listUpdated: { vi: 'cập nhật {age}', en: 'updated {age}' },
  listSigned: { vi: 'ký ngày {day}, đã quá hạn', en: 'signed on {day}, overdue' },
  listNone: { vi: 'chưa có', en: 'none' },
  network: { vi: 'Mạng', en: 'Network' },
  networkOn: { vi: 'không cần · đang có', en: 'not needed · on' },
  networkOff: { vi: 'không cần · đang tắt', en: 'not needed · off' },
  reason: { vi: 'Lý do', en: 'Reason' },
  checkedAt: { vi: 'Kiểm tra lúc', en: 'Checked at' },
  next: { vi: 'Quét người tiếp theo', en: 'Scan the next person' },
  again: { vi: 'Quét lại', en: 'Scan again' },
  renewing: { vi: 'Đang cập nhật…', en: 'Updating…' },
  renewAndScan: { vi: 'Cập nhật và quét lại', en: 'Update and scan again' },
  reloadPage: { vi: 'Cập nhật trang', en: 'Update this page' },
  ageOfData: { vi: 'Máy chủ xác nhận danh sách khóa lần cuối {age}; việc này cần mới hơn {limit}.', en: 'The server last confirmed the list of keys {age}; this needs it within {limit}.' },
  clockHint: { vi: 'Máy này đang chạy giờ {clock}. Nếu giờ sai, hãy chỉnh rồi quét lại.', en: 'This device says {clock}. If that is wrong, set it and scan again.' },

  settingsTitle: { vi: 'Cài đặt', en: 'Settings' },
  forWhat: { vi: 'Kiểm tra để', en: 'Checking for' },
  change: { vi: 'Đổi', en: 'Change' },
  feedback: { vi: 'Báo kết quả', en: 'Telling the result' },
  sound: { vi: 'Phát âm thanh', en: 'Play a sound' },
  vibration: { vi: 'Rung', en: 'Vibrate' },
  audienceLabel: { vi: 'Tên của nơi này', en: 'The name of this place' },
  audienceHelp: {
    vi: 'Chỉ cần khi mã được tạo riêng cho nơi này. Viết đúng như ứng dụng của người đưa mã.',
    en: 'Only needed for codes that are made for this place alone. Write it exactly as their wallet does.',
  },
  keysTitle: { vi: 'Danh sách khóa', en: 'List of keys' },
  keysFacts: { vi: 'Bản số {version}, ký ngày {issued}, nên thay trước {next}. Máy chủ xác nhận {age}.', en: 'Version {version}, signed on {issued}, to be replaced by {next}. Confirmed by the server {age}.' },
  updateNow: { vi: 'Cập nhật ngay', en: 'Update now' },
  importList: { vi: 'Nạp từ tệp', en: 'Load from a file' },
  exportList: { vi: 'Lưu ra tệp', en: 'Save as a file' },
  newer: { vi: 'Đã có danh sách mới hơn.', en: 'A newer list is in use.' },
  in_use: { vi: 'Tệp này chính là danh sách đang dùng.', en: 'This file is the list in use.' },
  same: { vi: 'Máy đang có danh sách mới nhất.', en: 'This device has the newest list.' },
  unreachable: { vi: 'Không liên lạc được với máy chủ. Danh sách đang có vẫn dùng được.', en: 'The server cannot be reached. The present list stays in use.' },
  logTitle: { vi: 'Nhật ký trên máy này', en: 'Log on this device' },
  logOff: { vi: 'Đang tắt: không lưu gì về các mã đã quét.', en: 'Off: nothing is kept of what was scanned.' },
  logSetting: { vi: 'Ghi kết quả và tên các thông tin', en: 'Keep results and names of fields' },
  logHelp: { vi: 'Giữ {days} ngày rồi tự xóa. Không ghi nội dung, không gửi đi đâu.', en: 'Kept for {days} days, then deleted. No content, and nothing leaves this device.' },
  logValues: { vi: 'Ghi cả nội dung, tự xóa sau {days} ngày', en: 'Keep the content too, deleted after {days} days' },
  logValuesNever: { vi: 'Việc này không được phép lưu nội dung.', en: 'This purpose may not keep any content.' },
  logLeft: { vi: 'Nhật ký cũ còn {n} dòng, không có nội dung. Có thể xóa trong nhật ký.', en: 'The old log still has {n} line(s), without content. Delete them in the log.' },
  openLog: { vi: 'Xem nhật ký', en: 'Show the log' },
  logEmpty: { vi: 'Chưa có dòng nào.', en: 'Nothing yet.' },
  logEmptyOff: { vi: 'Nhật ký đang tắt.', en: 'The log is off.' },
  clearLog: { vi: 'Xóa nhật ký', en: 'Delete the log' },
  valuesUntil: { vi: 'Nội dung tự xóa ngày {day}', en: 'Content deleted on {day}' },
  device: { vi: 'Trang này', en: 'This page' },
  install: { vi: 'Thêm vào màn hình chính', en: 'Add to the home screen' },
  installed: { vi: 'Mở được khi không có mạng.', en: 'Opens without network.' },
  notInstalled: { vi: 'Chưa mở được khi không có mạng: hãy để trang mở thêm một lúc khi có mạng.', en: 'Does not open without network yet: leave the page open online for a moment.' },
  facts: { vi: 'Gốc tin cậy {roots} · bản trang {build}', en: 'Trusted root {roots} · page {build}' },
  updateWaiting: { vi: 'Có bản mới của trang.', en: 'A new version of this page is ready.' },
  forget: { vi: 'Xóa mọi dữ liệu trên máy này', en: 'Delete everything on this device' },
  forgetSure: {
    vi: 'Xóa cài đặt, nhật ký và gốc tin cậy đã ghim? Lần tới máy sẽ tin gốc mà máy chủ đưa.',
    en: 'Delete settings, log and the pinned root? The device will then trust the root that the server gives.',
  },
  deletedLater: { vi: 'Trình duyệt chưa cho xóa. Nội dung sẽ bị xóa ngay khi được; hãy để trang mở.', en: 'The browser does not let it be deleted now. It will be, as soon as it can; leave the page open.' },
  notDeleted: { vi: 'Chưa xóa được. Hãy đóng các trang Giayto khác rồi thử lại.', en: 'Not deleted. Close other Giayto pages and try again.' },
  forgetYes: { vi: 'Xóa hết', en: 'Delete' },
  cancel: { vi: 'Không', en: 'Cancel' },
  damaged: {
    vi: 'Trang này cần https (hoặc localhost) và một trình duyệt mới hơn.',
    en: 'This page needs https (or localhost) and a newer browser.',
  },
} satisfies Record<string, Text>

export default words

/** What to do about a camera. */
export const cameraFaults: Readonly<Record<CameraFault, Text>> = {
  refused: {
    vi: 'Trang chưa được dùng máy ảnh. Hãy bấm biểu tượng ổ khóa cạnh địa chỉ trang, cho phép Máy ảnh, rồi thử lại. Hoặc chọn ảnh, dán mã.',
    en: 'The page may not use the camera. Tap the lock beside the address, allow Camera, and try again. Or choose a picture, or paste the text.',
  },
  absent: { vi: 'Máy này không có máy ảnh. Hãy chọn ảnh hoặc dán mã.', en: 'This device has no camera. Choose a picture or paste the text.' },
  busy: { vi: 'Ứng dụng khác đang dùng máy ảnh. Hãy đóng ứng dụng đó rồi thử lại.', en: 'Another program is using the camera. Close it and try again.' },
  insecure: { vi: 'Trình duyệt chỉ cho dùng máy ảnh khi trang được mở bằng https.', en: 'Browsers give the camera only to pages opened over https.' },
  unsupported: { vi: 'Trình duyệt này quá cũ để quét bằng máy ảnh. Hãy cập nhật trình duyệt, hoặc dán mã.', en: 'This browser is too old to scan with the camera. Update it, or paste the text.' },
  failed: { vi: 'Máy ảnh dừng bất ngờ. Hãy thử lại, hoặc chọn ảnh, dán mã.', en: 'The camera stopped. Try again, or choose a picture, or paste the text.' },
}

/** What a code is that is not ours, and what to do. */
export const strangers: Readonly<Record<Exclude<Kind, 'giayto'>, { readonly why: Text; readonly do: Text }>> = {
  card: {
    why: {
      vi: 'Đây là mã in trên thẻ căn cước. Mã này không có chữ ký: ai cũng in được, nên không chứng minh điều gì.',
      en: 'This is the code printed on an identity card. It is not signed: anybody can print one, so it proves nothing.',
    },
    do: {
      vi: 'Đề nghị mở ứng dụng ví giấy tờ và tạo mã chia sẻ, hoặc xem thẻ thật.',
      en: 'Ask the person to open the wallet and create a sharing code, or look at the card itself.',
    },
  },
  payment: {
    why: { vi: 'Đây là mã thanh toán, không phải mã giấy tờ.', en: 'This is a payment code, not a code of papers.' },
    do: { vi: 'Đề nghị mở ứng dụng ví giấy tờ và tạo mã chia sẻ.', en: 'Ask the person to open the wallet and create a sharing code.' },
  },
  link: {
    why: { vi: 'Đây là địa chỉ trang web, không phải mã giấy tờ. Máy không mở địa chỉ này.', en: 'This is a web address, not a code of papers. It was not opened.' },
    do: {
      vi: 'Đề nghị mở ứng dụng ví giấy tờ và tạo mã chia sẻ. Đừng tin trang web tự nói là hợp lệ.',
      en: 'Ask the person to open the wallet and create a sharing code. Do not trust a web page that calls itself valid.',
    },
  },
  other: {
    why: { vi: 'Đây không phải mã Giayto.', en: 'This is not a Giayto code.' },
    do: { vi: 'Đề nghị mở ứng dụng ví giấy tờ và tạo mã chia sẻ.', en: 'Ask the person to open the wallet and create a sharing code.' },
  },
}

/** The short line under the verdict, where the reason has one. */
export const shortly: Partial<Record<Reason, Text>> = {
  expired: { vi: 'Mã đã hết hạn {span} trước', en: 'The code ended {span} ago' },
  replayed: { vi: 'Mã đã dùng ở đây rồi', en: 'Already used here' },
  bad_signature: { vi: 'Chữ ký không đúng', en: 'The signature is wrong' },
  malformed: { vi: 'Mã hỏng hoặc bị sửa', en: 'Damaged or altered' },
  not_giayto: { vi: 'Không phải mã Giayto', en: 'Not a Giayto code' },
  unknown_key: { vi: 'Không rõ ai ký', en: 'Signed by nobody known' },
  key_revoked: { vi: 'Khóa ký đã bị thu hồi', en: 'The signing key was revoked' },
  claim_missing: { vi: 'Thiếu thông tin', en: 'Something is missing' },
  claim_not_met: { vi: 'Không đáp ứng yêu cầu', en: 'The answer is no' },
  trust_list_too_old: { vi: 'Dữ liệu trên máy này đã cũ {span}', en: 'The data on this device is {span} old' },
  trust_list_missing: { vi: 'Máy chưa có danh sách khóa', en: 'No list of keys yet' },
  clock_suspect: { vi: 'Giờ máy này có vẻ sai', en: 'The clock seems wrong' },
  unsupported_version: { vi: 'Mã dùng dạng mới hơn', en: 'The code is of a newer form' },
  catalog_outdated: { vi: 'Mã có giấy tờ mới hơn', en: 'The code has a newer document' },
}
