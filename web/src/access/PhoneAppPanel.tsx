import { pageTexts } from "../pageTexts";
import { QrCode } from "./QrCode";

const t = pageTexts.account;

// The address of this server for the app for iOS, which asks before it uses it. The code holds no secret.
export function PhoneAppPanel() {
  const link = `findthisfit://connect?${new URLSearchParams({ server: window.location.origin })}`;
  return (
    <section className="panel" aria-labelledby="phone-app-title">
      <h2 id="phone-app-title">{t.phoneApp}</h2>
      <div className="totp">
        <QrCode text={link} label={t.phoneAppQr} />
        <p className="soft">{t.phoneAppLead}</p>
      </div>
    </section>
  );
}
